from typing import Any

from django.core.management.base import BaseCommand

from config import testing


class Command(BaseCommand):
    help = "Runs every test; whatever follows goes to pytest, for example: test -k receipts -x"
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(testing.run(arguments=argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        raise SystemExit(testing.run(arguments=list(args)))
