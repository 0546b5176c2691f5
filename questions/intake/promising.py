"""What a question asked now is promised: by the calendar, and by how many wait for the hands there are each day."""

from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from askpeer import calendars
from askpeer.hours import Calendar
from questions import deadlines, states
from questions.intake import kept
from questions.intake.models import Hands, IntakeLimits
from questions.models import Question

LATELY = timedelta(days=7)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
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
    return kept.value("room", lambda: reckon(limits(), now=now))


def limits() -> IntakeLimits:
    """What the manager said, or the defaults."""
    return IntakeLimits.objects.order_by("pk").first() or IntakeLimits()


def reckon(limits: IntakeLimits, *, now: datetime) -> Room:
    """How it stands by these limits, whether they are saved or not. 3 SQL. Raises NoOpeningHours."""
    calendar = calendars.current()
    lately, ahead = _days_lately(calendar, now), _days_ahead(calendar, now, limits.full_after)
    share = dict(Hands.objects.filter(day__range=(lately[0], ahead[-1])).values_list("day", "share"))
    whole_day = max(limits.answers_a_day, _given(now) / max(sum(share.get(day, 1) for day in lately), 1))
    by_then = list(accumulate(whole_day * share.get(day, 1) for day in ahead))
    place = unanswered(int(by_then[-1])) + 1
    days = next((number for number, most in enumerate(by_then, 1) if place <= most), limits.full_after)
    full = place > int(by_then[-1])
    return Room(max(states.PROMISE_DAYS, days), full=not limits.taking or full, by_hand=not limits.taking)


def _days_lately(calendar: Calendar, now: datetime) -> list[date]:
    """The working days of the last seven; today, where there was none."""
    days = [calendar.local(now).date() - n * DAY for n in reversed(range(7))]
    return [day for day in days if calendar.on_day(day)] or days[-1:]


def _days_ahead(calendar: Calendar, now: datetime, count: int) -> list[date]:
    """So many working days after the one that a question asked now is counted for. Raises NoOpeningHours."""
    return [calendar.local(calendar.closing_after(now, n) - SECOND).date() for n in range(1, count + 1)]


def unanswered(most: int | None = None) -> int:
    """How many wait for an answer, counted no further than most. Quarantine keeps nobody from asking."""
    return Question.objects.filter(status__in=states.UNFINISHED, quarantined=False)[:most].count()


def _given(now: datetime) -> int:
    """Answers of the last seven days, to what was asked in the last three weeks."""
    return Question.objects.filter(
        status__in=GIVEN, asked_at__gte=now - 3 * LATELY, entered_at__gte=now - LATELY
    ).count()
