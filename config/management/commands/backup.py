"""Writes the database to one file. Keys, pepper and ledger stay out: keep those apart."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from askpeer import backups
from askpeer.errors import Refused


class Command(BaseCommand):
    help = "Save the database to FILE (mode 0600), without secrets and without the ledger of erasures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backups.save(options["file"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Saved to {options['file']}.")
