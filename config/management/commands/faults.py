from typing import Any

from django.core.management.base import BaseCommand

from config import testing


class Command(BaseCommand):
    help = "Runs the tests that look for faults with chance and force, and longer than the test run does."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(testing.run(arguments=argv[2:], faults=True))

    def handle(self, *args: Any, **options: Any) -> None:
        raise SystemExit(testing.run(arguments=list(args), faults=True))
