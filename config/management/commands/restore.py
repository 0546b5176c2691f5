"""Brings a backup back and erases again, by the ledger, what was erased since."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from askpeer import backups, history
from askpeer.errors import Refused
from config import guard, paths
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
        self.stdout.write(f"Erased again by the ledger: {count}.")

    def _load(self, source: Path | None) -> None:
        if source is None:
            raise CommandError("Say which file to restore, or --replay.")
        running = guard.hold(paths.run_dir(settings.HOME) / "start.lock")
        if running is None:
            raise CommandError(f"askpeer is running with its data in {settings.HOME}. Stop it first.")
        try:
            backups.load(source)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        finally:
            os.close(running)
        call_command("migrate", verbosity=0)
        self.stdout.write(f"Restored from {source}. The trail goes on from seal {history.note_restore()}.")
