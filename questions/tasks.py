"""Celery's way in. A task reads the clock and calls one verb."""

from celery import shared_task
from django.utils import timezone

from questions import sweeping


@shared_task
def ring() -> None:
    sweeping.ring(now=timezone.now())
