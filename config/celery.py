"""The Celery app and all of beat. A task is only a nudge: what is in the database is the truth."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import worker_init, worker_ready
from kombu.transport.redis import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings  # the variable above must be set first
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

# Putting messages back over a connection that Redis just broke off ends the whole worker with an AttributeError
# (kombu 5.7, Channel._connparams). A message is only a nudge, so none needs to be put back.
Channel.do_restore = False


class Work(Task):
    """Does nothing to a database that may not be served. Raises as checks.may_work() does."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from askpeer import checks

        return super().__call__(*args, **kwargs) if checks.may_work() else None


app = Celery("askpeer", task_cls=Work)
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
    # Taken off the queue before it begins: what a kill interrupts the sweep finds, and a worker that holds nothing has
    # nothing to put back when Redis dies under it, which would end it (see Channel below).
    task_acks_late=False,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    # 0 goes first: however many relays wait, and however slow the mail server makes them, the next free hand rings.
    task_routes={"askpeer.tasks.relay": {"priority": 9}},
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
        "hands": {"task": "advisors.tasks.reckon_hands", "schedule": 3600.0, "options": {"expires": 3600}},
        "purge": {"task": "advisors.tasks.purge", "schedule": 3600.0, "options": {"expires": 3600}},
    },
)
app.set_default()  # for every thread of a web process, not only the one that imported this
app.autodiscover_tasks()


@worker_init.connect
def refuse_unfit(**signal: object) -> None:
    """Mail nobody from a database that may not be served. A receiver's exception would only be logged."""
    from askpeer import checks

    try:
        checks.refuse_to_serve_unfit()
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from None
    except DatabaseError:
        pass  # it is away: start order does not matter, and every task meets it again
    finally:
        connections.close_all()  # the worker forks, and hands no connection on


@worker_ready.connect
def catch_up(**signal: object) -> None:
    """Ring and relay what fell due while nothing ran, without waiting for the first beat."""
    for task in ("questions.tasks.ring", "askpeer.tasks.relay"):
        app.send_task(task, expires=20)
