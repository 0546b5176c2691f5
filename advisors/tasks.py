"""Celery's way in. A task reads the clock and calls one verb."""

from celery import shared_task
from django.utils import timezone

from advisors import reminding, sweeping
from advisors.duty import hands
from advisors.managing import languages, verifying
from advisors.safeguarding import checking


@shared_task
def notify() -> None:
    now = timezone.now()
    reminding.group_reminders(now=now)
    checking.alert_due(now=now)
    sweeping.care(now=now)


@shared_task
def settle_languages() -> None:
    now = timezone.now()
    languages.settle(now=now)
    verifying.alert_stale(now=now)


@shared_task
def purge() -> None:
    sweeping.purge(now=timezone.now())


@shared_task
def reckon_hands() -> None:
    hands.reckon(now=timezone.now())
