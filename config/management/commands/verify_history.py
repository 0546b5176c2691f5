"""Checks the trail's hash chain against its entries and against the head kept outside the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from askpeer import history
from askpeer.models import TrailEntry, TrailSeal


class Command(BaseCommand):
    help = "Verify that no entry of the trail was altered, deleted, reordered or cut off."

    def handle(self, *args: Any, **options: Any) -> None:
        if problems := history.verify(now=timezone.now()):
            raise CommandError(" ".join(problems))
        waiting = TrailEntry.objects.filter(seal=None).count()
        seals = TrailSeal.objects.count()
        self.stdout.write(f"Seals that hold: {seals}. Entries that wait for a seal: {waiting}.")
