"""Seeds the demo once and says where to go and how to sign in; with --month, simulates a month beside it."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import seeding
from config.demo.month import drawing, running, telling

LOADS = [70, 100, 130]  # per cent


class Command(BaseCommand):
    help = "Seed the demo into an empty database, once, and print its sign-ins. Or, with --month, simulate a month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--url", help="the address that the service has now; it is remembered")
        parser.add_argument("--month", action="store_true", help="simulate a month, apart from this service's own data")
        parser.add_argument("--load", type=int, action="append", help="per cent, one or more; default 70, 100 and 130")
        parser.add_argument("--questions", type=int, default=670, help="in the month at 100 %%; default 670")
        parser.add_argument("--seed", type=int, default=2026, help="of everything that is drawn; default 2026")
        parser.add_argument("--out", type=Path, default=Path("month.svg"), help="where the picture goes")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["month"]:
            self._simulate(options["load"] or LOADS, options["questions"], options["seed"], options["out"])
        else:
            self._seed(options)

    def _simulate(self, loads: list[int], questions: int, seed: int, out: Path) -> None:
        if min(*loads, questions) < 1:
            raise CommandError("A load and a number of questions are 1 or more.")
        # Said before the simulation, which takes minutes.
        if out.is_dir() or not os.access(out.parent, os.W_OK):
            raise CommandError(f"No picture can be written to {out}. Let --out name a file in a folder that is there.")
        try:
            figures = running.run(loads=loads, questions=questions, seed=seed)
            out.write_text(drawing.draw(figures))
        except (running.Failed, OSError) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(telling.table(figures))
        self.stdout.write(f"\nThe picture of it: {out.resolve()}")

    def _seed(self, options: dict[str, Any]) -> None:
        if not seeding.is_seeded():
            try:
                seeding.seed(now=timezone.now())
                seeding.seal_its_past(now=timezone.now())
            except ValueError as problem:
                raise CommandError(str(problem)) from None
        if options["url"]:
            seeding.remember(url=options["url"])
        known = {"url": settings.SITE_URL} | seeding.remembered()
        self.stdout.write(json.dumps(known) if options["json"] else _readable(known))


def _readable(known: dict[str, Any]) -> str:
    lines = [f"Open {known['url']}", "", "Sign in at /accounts/login/ as:"]
    lines += [f"  {one['role']:<11} {one['email']:<28} {one['password']}" for one in known["people"]]
    lines += ["", "Press Start duty at /review/ first: advisors take nothing new while no supervisor is on duty."]
    lines += ["", f"Partner key for the API: {known['partner_key']}", "", "Questions to open at /my-question/:"]
    lines += [f"  {one['status']:<14} {one.get('age_band', ''):<15} {one['words']}" for one in known["receipts"]]
    return "\n".join(lines)
