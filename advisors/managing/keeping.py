"""What is kept and for how long, in words; what the next seven days bring; and the two periods that can be set."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from advisors import roles
from advisors.duty.models import ShiftNote
from advisors.models import Person
from advisors.team import locking
from advisors.team.models import CheckIn
from askpeer.models import OutboxRow
from questions import deadlines, holding, keeping, retaining
from questions.intake.models import SuggestedWord
from questions.models import Question
from questions.partners.models import IdempotencyRecord

WEEK = timedelta(days=7)


class Kept(NamedTuple):
    """One line of the table: what it is, how long it stays, and what ends it."""

    what: str
    how_long: str
    then: str


def table() -> list[Kept]:
    """Everything that has an end, as the purge of each floor has it (questions/sweeping.py, advisors/sweeping.py)."""
    close_days, erase_days = keeping.days()
    settled, words = settings.CLOSE_AFTER.days, settings.ERASE_AFTER.days
    notes = erase_days
    check_ins, repeats = settings.CHECK_INS_KEPT.days, settings.IDEMPOTENCY_KEPT // timedelta(hours=1)
    return [
        Kept("A question with its answer", f"{close_days} days after the last answer", "it closes: reading goes on"),
        Kept("A closed question", f"{erase_days} days", "it is erased for good"),
        Kept(
            "A report, or words about an answer, that nobody read",
            f"up to {retaining.READ_FIRST.days} days more",
            "erasing waits for it",
        ),
        Kept("What somebody types before they send", "60 minutes, or until they leave", "it is gone"),
        Kept("What is in the library", "until its asker, or we, take it down", "its address is remembered as gone"),
        Kept("A locked note of the safeguarding lead", "until its last day", "it goes, unless the lead keeps it on"),
        Kept("A partner's repeated request", f"{repeats} hours", "it is forgotten"),
        Kept("Mail and messages that were sent", f"{settled} days", "that they were sent is forgotten"),
        Kept("Words that people suggested", f"{words} days", "they are gone, where nobody looked"),
        Kept("Check-ins, calls for support, debriefs", f"{check_ins} days", "they are gone"),
        Kept("Notes from shift to shift", f"{notes} days", "they are gone"),
        Kept("Posts and kudos in the team room", "180 days", "they are gone"),
        Kept("Attempts at practice questions", "2 years", "they are gone"),
        Kept("Which cards an advisor opened", "30 days", "it is forgotten"),
        Kept("An invitation", "7 days to accept it, then 30 more", "its address is gone"),
        Kept("A sign-in", "30 minutes without a click", "whoever it was signs in again"),
        Kept("The history: who did what, without a word of a text", "for good", "nobody can change it"),
    ]


def ahead(*, now: datetime) -> list[tuple[str, int]]:
    """(what, how many) of what ends in the next seven days, without cases about staff. 7 SQL."""
    until, today = now + WEEK, holding.today(now + WEEK)
    ringing = Question.objects.filter(alarm_at__lte=until, about_staff=False)
    mail = OutboxRow.objects.filter(state__in=["sent", "dropped"], settled_at__lte=until - settings.CLOSE_AFTER)
    return [
        ("Questions that close", ringing.filter(alarm_kind="close").count()),
        ("Questions that are erased", ringing.filter(alarm_kind="erase").count()),
        ("Sent mail that is forgotten", mail.count()),
        (
            "Repeated requests that are forgotten",
            IdempotencyRecord.objects.filter(made_at__lte=until - settings.IDEMPOTENCY_KEPT).count(),
        ),
        (
            "Suggested words that are dropped",
            SuggestedWord.objects.filter(sent_on__lte=today - settings.ERASE_AFTER).count(),
        ),
        ("Check-ins that are gone", CheckIn.objects.filter(day__lt=today - settings.CHECK_INS_KEPT).count()),
        (
            "Shift notes that are gone",
            ShiftNote.objects.filter(written_at__lte=until - deadlines.kept_for()["erase"]).count(),
        ),
    ]


@transaction.atomic
def change(*, close_days: int, erase_days: int, before: tuple[int, int], by: Person, now: datetime) -> int:
    """Let these periods hold from now on; return how many alarms that set anew. Raises Refused, Stale."""
    by = locking.lock(by)
    roles.check_manager(by)
    return keeping.change(close_days=close_days, erase_days=erase_days, before=before, by=by, now=now)
