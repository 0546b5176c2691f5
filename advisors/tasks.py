"""Celery's way in. A task reads the clock and calls one verb."""

from celery import shared_task
from django.utils import timezone

from advisors import reminding
from advisors.managing import languages


@shared_task
def notify() -> None:
    reminding.group_reminders(now=timezone.now())


@shared_task
def settle_languages() -> None:
    languages.settle(now=timezone.now())
