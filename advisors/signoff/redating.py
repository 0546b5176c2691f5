"""A broken promise gets one new date, which a person chose and the asker is told of."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet

from advisors.drafting import timing
from advisors.models import Person
from advisors.signoff import seeing
from advisors.team import locking
from askpeer import calendars
from askpeer.errors import Refused
from questions import redating, states
from questions.models import Question, Round

SECOND = timedelta(seconds=1)  # midnight is the evening's closing time
LATEST = 10  # working days ahead
SHOWN = 30


class Late(NamedTuple):
    """A question whose promise is broken. due is when it was due, redated its new date where it has one, in words."""

    question: Question
    due: str
    redated: str = ""


@transaction.atomic
def redate(
    *, questions: Iterable[Question], until: datetime, by: Person, now: datetime, why: str = Round.Why.MISSED
) -> int:
    """Give late questions one new date, all of them or none; return how many. Once a round. Raises Refused, Stale.

    1 SQL, 5 a question, those of the calendar, and a row for the mailer where there is an address.
    """
    rows = sorted(questions, key=lambda row: row.pk)
    if not rows:
        raise Refused("Choose at least one question.")
    _check_moment(until, now)
    by = locking.lock(by)
    for question in rows:
        _redate(question, until, why, by, now)
    return len(rows)


def _check_moment(until: datetime, now: datetime) -> None:
    # A day may have been closed in another process seconds ago, and there is no second new date to put it right.
    calendars.forget()
    calendar = calendars.current()
    if until <= now:
        raise Refused("Choose a moment that is still ahead.")
    if until > calendar.closing_after(now, LATEST):
        raise Refused(f"Choose a moment within the next {LATEST} working days.")
    # Closing time itself is a moment to promise for, as it is in every first promise.
    day = calendar.local(until - SECOND).date()
    if not any(opens <= until <= closes for opens, closes in calendar.on_day(day)):
        raise Refused("Choose a moment while we are open.")


def _redate(question: Question, until: datetime, why: str, by: Person, now: datetime) -> None:
    seeing.check(by, question)
    seeing.lock(question)
    if question.status not in states.PROMISED or question.round.due_at > now:
        raise Refused("One of these is not late any more. Nothing is changed.")
    redating.redate(question, until=until, why=why, by=by.name, now=now)


def to_redate(person: Person, *, now: datetime) -> list[Late]:
    """What is late and has no new date yet, the oldest promise first. 1 SQL."""
    return [_late(turn, now) for turn in _late_rounds(person, now).filter(redated_at=None)[:SHOWN]]


def missed_twice(person: Person, *, now: datetime) -> list[Late]:
    """What missed its new date too: a supervisor writes it. 1 SQL."""
    return [_late(turn, now) for turn in _late_rounds(person, now).filter(redated_at__lte=now)[:SHOWN]]


def _late_rounds(person: Person, now: datetime) -> QuerySet[Round]:
    rows = Round.objects.filter(
        seeing.visible(person, question="question"),
        due_at__lte=now,
        question__status__in=states.PROMISED,
        number=F("question__round_number"),
    )
    return rows.select_related("question__topic", "question__holder").order_by("due_at", "pk")


def _late(turn: Round, now: datetime) -> Late:
    redated = timing.moment(turn.redated_at) if turn.redated_at else ""
    return Late(turn.question, timing.due(turn.question, turn, "late", now=now), redated)
