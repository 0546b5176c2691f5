"""Closes and erases what is past its time now, as the hourly work does."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from advisors.team import checking_in
from questions import sweeping


class Command(BaseCommand):
    help = "Close, erase and delete what is past its time."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        rung = sweeping.ring(now=now)
        sweeping.purge(now=now)
        checking_in.purge(now=now)
        self.stdout.write(f"{rung} questions were due; what was past its time is gone.")
