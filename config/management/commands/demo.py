"""Seeds the demo once and says where to go and how to sign in."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import seeding


class Command(BaseCommand):
    help = "Seed the demo into an empty database, once, and print its sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--url", help="the address that the service has now; it is remembered")

    def handle(self, *args: Any, **options: Any) -> None:
        if not seeding.is_seeded():
            try:
                seeding.seed(now=timezone.now())
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
    lines += [f"  {one['status']:<14} {one['words']}" for one in known["receipts"]]
    return "\n".join(lines)
