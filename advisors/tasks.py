"""Celery's way in. A task reads the clock and calls one verb."""

from celery import shared_task
from django.utils import timezone

from advisors import reminding
from advisors.managing import languages
from advisors.safeguarding import checking
from advisors.team import checking_in


@shared_task
def notify() -> None:
    now = timezone.now()
    reminding.group_reminders(now=now)
    checking.alert_due(now=now)


@shared_task
def settle_languages() -> None:
    languages.settle(now=timezone.now())


@shared_task
def purge_check_ins() -> None:
    checking_in.purge(now=timezone.now())
