"""Celery's way in. A task reads the clock and calls one verb."""

from celery import shared_task
from django.utils import timezone

from askpeer import backups, history, outbox


@shared_task
def relay() -> None:
    outbox.relay(now=timezone.now(), stopped=backups.is_under_way)


@shared_task
def seal() -> None:
    history.seal(now=timezone.now())
