"""The Celery app and all of beat. A task is only a nudge: what is in the database is the truth."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings  # the variable above must be set first

app = Celery("askpeer")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 600,
        "socket_timeout": 2,
        "socket_connect_timeout": 0.5,
        "retry_on_timeout": False,
        # For publishing alone: a page's nudge tries once. Worker and beat reconnect by rules of their own.
        "max_retries": 0,
    },
    task_ignore_result=True,
    task_acks_late=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    # Every task may run twice, so what runs when the broker goes is left to finish.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_send_task_events=False,
    task_time_limit=300,
    timezone="UTC",
    enable_utc=True,
    beat_schedule={
        "ring": {"task": "questions.tasks.ring", "schedule": 20.0, "options": {"expires": 20}},
        "relay": {"task": "askpeer.tasks.relay", "schedule": 10.0, "options": {"expires": 10}},
        "notify": {"task": "advisors.tasks.notify", "schedule": 60.0, "options": {"expires": 60}},
        "seal": {"task": "askpeer.tasks.seal", "schedule": 60.0, "options": {"expires": 60}},
        "languages": {
            "task": "advisors.tasks.settle_languages",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "check-ins": {"task": "advisors.tasks.purge_check_ins", "schedule": 3600.0, "options": {"expires": 3600}},
        "purge": {"task": "questions.tasks.purge", "schedule": 3600.0, "options": {"expires": 3600}},
    },
)
app.set_default()  # for every thread of a web process, not only the one that imported this
app.autodiscover_tasks()


@worker_ready.connect
def catch_up(**signal: object) -> None:
    """Ring and relay what fell due while nothing ran, without waiting for the first beat."""
    for task in ("questions.tasks.ring", "askpeer.tasks.relay"):
        app.send_task(task, expires=20)
