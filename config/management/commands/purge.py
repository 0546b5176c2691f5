"""Closes and erases what is past its time now, as the hourly work does."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from advisors.sweeping import purge
from askpeer import checks
from questions.sweeping import ring


class Command(BaseCommand):
    help = "Close, erase and delete what is past its time."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            checks.refuse_to_serve_unfit()
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from None
        now = timezone.now()
        rung = ring(now=now)
        purge(now=now)
        self.stdout.write(f"{rung} questions were due; what was past its time is gone.")
