"""Brings a backup back and erases again, by the ledger, what was erased since."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from askpeer import backups
from askpeer.errors import Refused
from questions import erasing


class Command(BaseCommand):
    help = (
        "Restore the database from FILE, then replay the ledger. --replay does only the second. Stop the service first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--replay", action="store_true", help="only erase what the ledger says is erased")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["replay"]:
            self._load(options["file"])
        count = erasing.replay_ledger(now=timezone.now())
        self.stdout.write(f"{count} questions of the ledger were erased again.")

    def _load(self, source: Path | None) -> None:
        if source is None:
            raise CommandError("Say which file to restore, or --replay.")
        try:
            backups.load(source)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        call_command("migrate", verbosity=0)
        self.stdout.write(f"Restored from {source}.")
