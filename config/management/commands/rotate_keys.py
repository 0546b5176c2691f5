"""Re-wraps every key under the first key of ASKPEER_KEKS; safe to stop and to run while the service runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from askpeer import rotating, vault

SHOWN = 20


class Command(BaseCommand):
    help = "Put a new key first in ASKPEER_KEKS, restart, run this, and retire the old key when it prints 0 waiting."

    def handle(self, *args: Any, **options: Any) -> None:
        for table, count in rotating.rotate().items():
            self.stdout.write(f"{table}: {count} re-wrapped under {vault.current_kek()}")
        self.stdout.write(f"{sum(rotating.waiting().values())} waiting")
        if closed := rotating.unreadable():
            more = f" and {len(closed) - SHOWN} more" if len(closed) > SHOWN else ""
            raise CommandError(f"These do not open with ASKPEER_KEKS: {', '.join(closed[:SHOWN])}{more}.")
