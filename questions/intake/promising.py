"""What a question asked now is promised: by the calendar, and by how many wait for the hands there are."""

from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from askpeer import calendars
from askpeer.hours import Calendar
from questions import deadlines, states
from questions.intake import kept
from questions.intake.models import IntakeLimits
from questions.models import Question

LATELY = timedelta(days=7)
GIVEN = (states.ANSWERED, states.REDIRECTED)


class Room(NamedTuple):
    """How many working days a new question is promised in, and whether none is taken just now: because of the queue, or
    by_hand, because the manager said so.
    """

    days: int
    full: bool
    by_hand: bool = False

    @property
    def busy(self) -> bool:
        return self.days > states.PROMISE_DAYS


def promise(now: datetime) -> datetime:
    """The promise that a question asked now gets. Raises NoOpeningHours."""
    return deadlines.promise(calendars.current(), asked=now, days=room(now).days)


def room(now: datetime) -> Room:
    """How it stands; reckoned at most once in 30 seconds by each process."""
    return kept.value("room", lambda: _reckon(now))


def _reckon(now: datetime) -> Room:
    limits = IntakeLimits.objects.order_by("pk").first() or IntakeLimits()
    a_day = max(limits.answers_a_day, _given_a_day(calendars.current(), now))
    most = int(a_day * limits.full_after)
    ahead = _unanswered(most) + 1
    days = max(states.PROMISE_DAYS, ceil(min(ahead, most) / a_day))
    return Room(days, full=not limits.taking or ahead > most, by_hand=not limits.taking)


def _unanswered(most: int) -> int:
    """How many wait for an answer, counted no further than it matters. Quarantine keeps nobody from asking."""
    return Question.objects.filter(status__in=states.UNFINISHED, quarantined=False)[:most].count()


def _given_a_day(calendar: Calendar, now: datetime) -> float:
    """Answers a working day over the last seven days, of what was asked in the last three weeks."""
    since = now - LATELY
    given = Question.objects.filter(status__in=GIVEN, asked_at__gte=now - 3 * LATELY, entered_at__gte=since).count()
    days = sum(bool(calendar.on_day(calendar.local(since + timedelta(days=n)).date())) for n in range(1, 8))
    return given / max(days, 1)
