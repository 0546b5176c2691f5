"""What the next seven days lack: a shift, somebody on call, somebody who checks a language or signs red."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from advisors import roles
from advisors.duty.models import Absence, Shift
from advisors.models import Person
from advisors.signoff import signing
from askpeer.hours import Calendar, Interval
from questions.intake.languages import name_of
from questions.intake.models import OfferedLanguage, OnCall

AHEAD = timedelta(days=7)
DAY = timedelta(days=1)
RED = "Red answers"


class Week(NamedTuple):
    """Open stretches without a shift, closed ones in which nobody is on call, and on which days nobody
    checks a language or signs red: {what: its days}."""

    unstaffed: list[Interval]
    unwatched: list[Interval]
    unchecked: dict[str, list[date]]


class Away:
    """Who is away on which days of the service's calendar."""

    def __init__(self, rows: Iterable[tuple[UUID, date, date]]) -> None:
        self._rows = list(rows)

    def on(self, day: date) -> set[UUID]:
        return {person for person, first, last in self._rows if first <= day <= last}


def week(calendar: Calendar, people: Collection[Person], *, now: datetime) -> Week:
    """people: everybody who is here. 4 SQL.

    A turn of whoever is away on the day it begins counts for nothing, nor does one of whoever can open no draft.
    """
    until = now + AHEAD
    checkers, away = _checkers(people, now), _away(calendar, now, until)
    shifts, calls = (_turns(kind, calendar, checkers, away, now, until) for kind in (Shift, OnCall))
    return Week(
        unstaffed=[left for span in spans(calendar, now, until) for left in without(span, shifts)],
        unwatched=list(without((now, until), [*spans(calendar, now, until), *calls])),
        unchecked=_unchecked(calendar, checkers, away, now),
    )


def on_call(calendar: Calendar, *, now: datetime, until: datetime) -> list[Interval]:
    """The turns on call that count from now until then, as they do in the week: for the hour of a red question all of
    them run, but nobody reads it in one of whoever is away or kept out. 3 SQL.
    """
    people = Person.objects.filter(is_active=True, role__in=roles.REVIEWERS)
    return _turns(OnCall, calendar, _checkers(people, now), _away(calendar, now, until), now, until)


def _checkers(people: Iterable[Person], now: datetime) -> list[Person]:
    """Of these, who takes turns and may open what they are there for."""
    return [person for person in people if person.role in roles.REVIEWERS and not roles.is_kept_out(person, now=now)]


def _away(calendar: Calendar, now: datetime, until: datetime) -> Away:
    ahead = {"last_day__gte": calendar.local(now).date(), "first_day__lte": calendar.local(until).date()}
    return Away(Absence.objects.filter(**ahead).values_list("person", "first_day", "last_day"))


def _turns(
    kind: type[Shift | OnCall], calendar: Calendar, checkers: list[Person], away: Away, now: datetime, until: datetime
) -> list[Interval]:
    ahead = {"person__in": [person.pk for person in checkers], "ends_at__gt": now, "starts_at__lt": until}
    rows = kind._default_manager.filter(**ahead).values_list("person", "starts_at", "ends_at")
    return [(starts, ends) for person, starts, ends in rows if person not in away.on(calendar.local(starts).date())]


def without(span: Interval, taken: Iterable[Interval]) -> Iterator[Interval]:
    """What is left of a span where these are taken out of it, oldest first."""
    start, end = span
    for begins, over in sorted(taken):
        if over <= start or begins >= end:
            continue
        if begins > start:
            yield start, begins
        start = max(start, over)
    if start < end:
        yield start, end


def joined(found: Iterable[Interval]) -> Iterator[Interval]:
    """These, oldest first, with those that touch made one: a day's end at midnight is no end."""
    last: Interval | None = None
    for starts, ends in found:
        if last and starts <= last[1]:
            last = last[0], max(last[1], ends)
        else:
            if last:
                yield last
            last = starts, ends
    if last:
        yield last


def spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Interval]:
    """What is staffed from here to there."""
    for opens, closes in calendar.intervals(start):
        if opens >= end:
            return
        yield opens, min(closes, end)


def _unchecked(calendar: Calendar, checkers: list[Person], away: Away, now: datetime) -> dict[str, list[date]]:
    offered = OfferedLanguage.objects.exclude(since=None).order_by("code").values_list("code", flat=True)
    spoken = {name_of(code): code for code in ["en", *offered]}
    lacking: dict[str, list[date]] = {}
    for day in _working_days(calendar, now):
        gone = away.on(day)
        here = [person for person in checkers if person.pk not in gone]
        for name, code in spoken.items():
            if not any(code in person.languages for person in here):
                lacking.setdefault(name, []).append(day)
        if not any(map(signing.signs_red, here)):
            lacking.setdefault(RED, []).append(day)
    return lacking


def _working_days(calendar: Calendar, now: datetime) -> list[date]:
    today = calendar.local(now).date()
    days = (today + number * DAY for number in range(AHEAD.days))
    return [day for day in days if any(closes > now for _, closes in calendar.on_day(day))]
