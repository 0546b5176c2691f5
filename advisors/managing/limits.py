"""How many questions are taken: what the numbers mean now is said first, and closing takes a second press."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from advisors import marks, roles
from advisors.managing import counting
from advisors.models import Person
from advisors.team import locking
from askpeer import calendars, history
from askpeer.errors import Refused
from questions import deadlines, states
from questions.intake import kept, promising, sentences
from questions.intake.models import IntakeLimits

MOST_A_DAY, LATEST = 10_000, 60
NAMES = ("taking", "answers_a_day", "full_after")


class Outlook(NamedTuple):
    """What some limits mean now: how many wait, in how many working days a new question would be promised and until
    when in words ("" where none is taken), and whether that is because of the queue or by hand.
    """

    waiting: int
    days: int
    promise: str
    full: bool
    by_hand: bool


class WouldClose(Refused):
    """With these limits nobody could ask just now."""

    def __init__(self) -> None:
        super().__init__(
            "With these numbers nobody can ask just now. Look at what that means, then say that you mean it."
        )


def seen(row: IntakeLimits) -> str:
    return marks.mark(*(getattr(row, name) for name in NAMES))


def outlook(row: IntakeLimits, *, now: datetime) -> Outlook:
    """4 SQL. Raises NoOpeningHours."""
    calendar, room = calendars.current(), promising.reckon(row, now=now)
    promise = (
        "" if room.full else sentences.moment(deadlines.promise(calendar, asked=now, days=room.days), calendar=calendar)
    )
    return Outlook(counting.waiting(), room.days, promise, room.full, room.by_hand)


def wanted(*, taking: bool, answers_a_day: int, full_after: int) -> IntakeLimits:
    """A row that is not saved, with these. Raises Refused."""
    if not 1 <= answers_a_day <= MOST_A_DAY:
        raise Refused(f"Write how many answers a day are sure: 1 to {MOST_A_DAY:,}.")
    if not states.PROMISE_DAYS <= full_after <= LATEST:
        raise Refused(f"Write after how many working days we are full: {states.PROMISE_DAYS} to {LATEST}.")
    return IntakeLimits(taking=taking, answers_a_day=answers_a_day, full_after=full_after)


@transaction.atomic
def change(
    *, taking: bool, answers_a_day: int, full_after: int, seen: str, closing: bool, by: Person, now: datetime
) -> Outlook:
    """Let these limits hold; other processes hear of it within 30 seconds. closing says that nobody may ask by them is
    meant. Raises Refused, WouldClose, Stale.
    """
    by = locking.lock(by)
    roles.check_manager(by)
    new = wanted(taking=taking, answers_a_day=answers_a_day, full_after=full_after)
    row = _locked()
    marks.check(seen, *(getattr(row, name) for name in NAMES))
    after = outlook(new, now=now)
    if after.full and not closing and not outlook(row, now=now).full:
        raise WouldClose
    for name in NAMES:
        setattr(row, name, getattr(new, name))
    row.save()
    transaction.on_commit(kept.forget)
    facts = {name: getattr(row, name) for name in NAMES}
    history.record(subject="settings:limits", kind="limits set", actor=by.name, now=now, facts=facts)
    return after


def _locked() -> IntakeLimits:
    """The one row, held: of two who make the first at once, the second finds the other's."""
    found = IntakeLimits.objects.select_for_update(no_key=True).order_by("pk").first()
    if found:
        return found
    IntakeLimits.objects.get_or_create(pk=1)
    return IntakeLimits.objects.select_for_update(no_key=True).order_by("pk")[0]
