"""Lets the first person into a new service: nobody is there yet who could invite them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from advisors import beginning
from advisors.notices import password_link
from askpeer.errors import Refused


class Command(BaseCommand):
    help = (
        "Make the first manager of a new service and print the link to their password. It works once, for three days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("alias", help="the name that everybody else here will see")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = beginning.begin(email=options["email"], alias=options["alias"], now=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"{person.alias} chooses a password here, once and within three days:\n{password_link(person)}"
        )
