"""Brings a backup back and lets go again, by the ledger, of what was erased, taken down or had left since."""

import os
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from advisors import consenting
from advisors.duty.models import OnDuty
from advisors.signoff import leaving
from askpeer import backups, checks, heads, history, ledger
from askpeer.checks import files_beside_are_there, keys_open_what_is_kept, pepper_is_the_one_in_use
from askpeer.errors import Refused
from config import guard, paths
from questions import replaying
from questions.checks import ledger_is_whole
from questions.partners import ending

LOST = (
    "There is no ledger at {ledger}, or no history-head.txt beside it. Bring both back from their copy first: without "
    "them, erased questions would be readable again. If they are gone for good, run restore with --begin-ledger."
)
BEGUN = (
    "The ledger begins anew with {count} lines that this database knows of. Destroy every backup made before now: "
    "what they bring back, no ledger will erase."
)
ASKED_ANEW = (
    "A guardian's yes may have been taken back since, so those for anybody under 16 are forgotten: {count}. A manager "
    "asks their guardians again under Manage, People."
)
ENDED = (
    "Partners that were taken up again since have ended in this backup: {count}. Look at them under Manage, Partners."
)
UNFIT = "It is restored, and cannot be served yet. {problem} Then run restore --replay."


class Command(BaseCommand):
    help = (
        "Restore the database from FILE, then replay the ledger. --replay does only the second. Stop the service first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--replay", action="store_true", help="only erase what the ledger says is erased")
        parser.add_argument("--begin-ledger", action="store_true", help="write a lost ledger anew, as far as is known")

    def handle(self, *args: Any, **options: Any) -> None:
        begins = options["begin_ledger"]
        if options["file"] is None and not options["replay"] and not begins:
            raise CommandError("Say which file to restore, or --replay.")
        if not begins and ledger.is_lost():
            raise CommandError(LOST.format(ledger=settings.LEDGER))
        running = guard.hold(paths.run_dir(settings.HOME) / "start.lock")
        if running is None:
            raise CommandError(f"askpeer is running with its data in {settings.HOME}. Stop it first.")
        try:
            if begins and not options["file"]:
                _refuse_where_nothing_is_lost()
            self._restore(options["file"] if not options["replay"] else None, begins)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        finally:
            os.close(running)

    def _restore(self, source: Path | None, begins: bool) -> None:
        now, known = timezone.now(), list[str]()
        if source:
            _refuse(pepper_is_the_one_in_use(databases=["default"]), "Nothing was restored.")
            known = _ask_what_is_replaced(begins)
            backups.load(source)
            self.stdout.write(f"Restored from {os.fsencode(source).decode(errors='replace')}.")
        is_restored = backups.is_under_way()
        if is_restored:
            call_command("migrate", verbosity=0)
            Session.objects.all().delete()
            OnDuty.objects.all().delete()  # for as long as a session lives
        if begins:
            # Not before there is something to guard; and whole before anything else may fail.
            self._begin_ledger(known, now)
        beside = (files_beside_are_there, keys_open_what_is_kept, pepper_is_the_one_in_use)
        _refuse([found for check in beside for found in check(databases=["default"])], "Then run restore --replay.")
        count = replaying.replay(now=now)
        self.stdout.write(f"Erased again by the ledger: {count}. Shut out again: {leaving.replay_ledger(now=now)}.")
        if is_restored and (count := consenting.ask_anew(now=now)):
            self.stdout.write(ASKED_ANEW.format(count=count))
        if ended := ending.ended_again():
            self.stdout.write(ENDED.format(count=ended))
        if is_restored and not begins:
            self._say_where_the_trail_goes_on(history.note_restore(now=now))
        # The note goes last: a process that went on running serves again as soon as it is gone.
        try:
            checks.refuse_to_serve_unfit(but=checks.UNDER_WAY)
        except ImproperlyConfigured as problem:
            raise CommandError(UNFIT.format(problem=problem)) from None
        backups.finish()

    def _begin_ledger(self, known: list[str], now: datetime) -> None:
        # A line under the wrong pepper would hide that it is the wrong one.
        _refuse(pepper_is_the_one_in_use(databases=["default"]), "Then run restore --begin-ledger.")
        ledger.begin()
        lines = dict.fromkeys([*known, *_lost()])
        self.stdout.write(BEGUN.format(count=ledger.record_all(lines, now=now)))
        self._say_where_the_trail_goes_on(history.note_restore(now=now, anew=True))

    def _say_where_the_trail_goes_on(self, number: int) -> None:
        self.stdout.write(f"The trail goes on from seal {number}.")


def _ask_what_is_replaced(begins: bool) -> list[str]:
    """What the database that goes away knows to be erased, the ledger has to know: the lines for one that begins anew.

    A database that is broken, or of an older version, says nothing. Raises Refused where the ledger lacks some.
    """
    try:
        if begins:
            return _lost()
        lacking = ledger_is_whole(databases=["default"])
    except DatabaseError:
        return []
    _refuse(lacking, "Nothing was restored.")
    return []


def _refuse_where_nothing_is_lost() -> None:
    """To begin anew asks that older backups be destroyed: nobody should do that for nothing."""
    try:
        is_whole = not _lost() and not files_beside_are_there(databases=["default"]) and history.head_holds()
    except DatabaseError:
        return
    if is_whole and not ledger.is_lost() and heads.last():
        raise Refused("Nothing is lost: the ledger names all that this database knows of, so it goes on as it is.")


def _lost() -> list[str]:
    return replaying.lost() + leaving.lost()


def _refuse(complaints: list[CheckMessage], more: str) -> None:
    for complaint in complaints:
        raise Refused(f"{complaint.msg} {complaint.hint} {more}")
