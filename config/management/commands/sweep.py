"""Does by hand, or in a loop, what beat has the workers do: the same verbs, without a broker."""

import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from advisors import reminding
from advisors.managing import languages
from advisors.safeguarding import checking
from advisors.team import checking_in
from askpeer import history, outbox
from questions import sweeping

# Verb and seconds between two runs of it.
WORK = (
    (sweeping.ring, 20),
    (reminding.group_reminders, 60),
    (checking.alert_due, 60),
    (outbox.relay, 10),
    (history.seal, 60),
    (languages.settle, 3600),
    (checking_in.purge, 3600),
    (sweeping.purge, 3600),
)


class Command(BaseCommand):
    help = "Ring what is due, send what waits, seal the trail. With --loop until it is stopped, without a broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl-C")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped: list[int] = []
        if options["loop"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda received, frame: stopped.append(received))
        next_at = dict.fromkeys((verb for verb, _ in WORK), 0.0)
        while True:
            for verb, seconds in WORK:
                if time.monotonic() >= next_at[verb]:
                    verb(now=timezone.now())
                    next_at[verb] = time.monotonic() + seconds
            if stopped or not options["loop"]:
                return
            time.sleep(1)
