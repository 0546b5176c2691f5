"""Does by hand, or in a loop, what beat has the workers do: the same verbs, without a broker."""

import logging
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from advisors import reminding
from advisors.duty import hands
from advisors.managing import languages, verifying
from advisors.safeguarding import checking
from advisors.sweeping import care, purge
from askpeer import backups, checks, history, outbox
from questions import sweeping

log = logging.getLogger("askpeer.sweep")
GRACE = 1.0  # seconds from the signal to breaking off

# Verb, seconds between two runs of it, and what it counts where it says how many.
WORK = (
    (sweeping.ring, 20, "questions rung"),
    (reminding.group_reminders, 60, "reminders told"),
    (checking.alert_due, 60, "safeguarding checks told"),
    (care, 60, ""),
    (outbox.relay, 10, "letters and calls taken up"),
    (history.seal, 60, "entries of the trail sealed"),
    (languages.settle, 3600, ""),
    (verifying.alert_stale, 3600, ""),
    (hands.reckon, 3600, "days reckoned"),
    (purge, 3600, ""),
)
TRY_AGAIN = 10


class Stopped(BaseException):
    """Breaks off what is running: its transaction is undone, and a send is repeated when its lease has run out."""


class Command(BaseCommand):
    help = "Ring what is due, send what waits, seal the trail. With --loop until it is stopped, without a broker."
    stopping = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl-C")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_unfit()
        if not options["loop"]:
            for verb, _, counted in WORK:
                done = verb(now=timezone.now())
                if counted:
                    self.stdout.write(f"{done} {counted}")
            return
        signal.signal(signal.SIGALRM, self._break_off)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with suppress(Stopped):
            self._loop()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _refuse_unfit(self) -> None:
        """Mail nobody from a database that may not be served."""
        try:
            checks.refuse_to_serve_unfit()
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from None
        except DatabaseError:
            pass  # it is away: every verb meets it again

    def _loop(self) -> None:
        next_at = dict.fromkeys((verb for verb, _, _ in WORK), 0.0)
        while not self.stopping:
            for verb, seconds, _ in WORK:
                if time.monotonic() >= next_at[verb] and not self.stopping:
                    done = self._does(verb)
                    next_at[verb] = time.monotonic() + (seconds if done else min(seconds, TRY_AGAIN))
            time.sleep(0.5)

    def _does(self, verb: Callable[..., object]) -> bool:
        """Whether it ran to its end. A database that is away, or a fault of one verb, keeps no other from its turn."""
        close_old_connections()
        work = partial(verb, stopped=self._is_over) if verb is outbox.relay else verb
        try:
            if not checks.may_work():
                return False
            work(now=timezone.now())
        except Exception:
            log.exception("a part of the sweep failed", extra={"kind": verb.__name__})
            return False
        return True

    def _is_over(self) -> bool:
        return self.stopping or backups.is_under_way()

    def _stop(self, number: int, frame: object) -> None:
        """End after the row or batch at hand; break it off when that takes longer than a second."""
        if not self.stopping:
            self.stopping = True
            signal.setitimer(signal.ITIMER_REAL, GRACE)

    def _break_off(self, number: int, frame: object) -> None:
        raise Stopped
