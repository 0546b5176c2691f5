"""The service's calendar as it stands in the database, read at most once in 30 seconds by each process."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from functools import cache
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.core.exceptions import ImproperlyConfigured
from django.db.models import DateTimeField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from askpeer import hours
from askpeer.models import CalendarVersion, Closure, OpeningWindow, ServiceCalendar

KEPT_SECONDS = 30
REMEMBERED = timedelta(days=60)  # before the last change: no stage that runs began longer ago
MOST_REMEMBERED = 500  # versions
SETTLED = 2 * timedelta(seconds=KEPT_SECONDS)  # after so long each process knows of a change


class NoWindows(ImproperlyConfigured):
    """The calendar has no opening hours at all."""


_kept: dict[str, tuple[float, hours.Calendar]] = {}
_on_call: list[Callable[[], tuple[hours.Interval, ...]]] = []


def on_call_from(turns: Callable[[], tuple[hours.Interval, ...]]) -> None:
    """Have the turns on call, which a floor above keeps, read along with the calendar; called from AppConfig.ready."""
    _on_call[:] = [turns]


def current() -> hours.Calendar:
    """The calendar to reckon with. Raises ImproperlyConfigured when it has no opening hours at all."""
    kept = _kept.get("calendar")
    if kept is None or time.monotonic() > kept[0]:
        kept = _kept["calendar"] = (time.monotonic() + KEPT_SECONDS, read())
    return kept[1]


def forget(**signal: object) -> None:
    """Read the calendar anew at the next use; called whenever a row of it changes in this process."""
    _kept.clear()


def reckon_later(*, now: datetime) -> None:
    """Have every alarm reckoned anew once each process knows the calendar as it stands now.

    Of several changes the moment of the first is kept: what somebody promised after that one is looked at too.
    """
    first = Coalesce("reckon_since", Value(now, DateTimeField()))
    ServiceCalendar.objects.update(reckon_at=now + SETTLED, reckon_since=first)


def read() -> hours.Calendar:
    row = ServiceCalendar.objects.order_by("pk").first()
    windows = OpeningWindow.objects.filter(calendar=row).values_list("weekday", "opens", "closes")
    closures = Closure.objects.filter(calendar=row).values_list("first_day", "last_day")
    if row is None or not windows:
        raise NoWindows("The calendar has no opening hours: add at least one window at /manage/hours/.")
    turns = tuple(turn for source in _on_call for turn in source())
    since, before = _earlier(row.version)
    found = build(row.time_zone, row.country, row.subdivision, windows, closures, on_call=turns)
    return replace(found, since=since, before=before)


def _earlier(version: int) -> tuple[datetime | None, hours.Calendar | None]:
    """Since when this version holds, and the calendar that held before it, which knows its own earlier one. 1 SQL."""
    rows = list(_remembered(version))
    before: hours.Calendar | None = None
    for row in reversed(rows[1:]):
        before = replace(of_definition(row.definition), since=row.since if before else None, before=before)
    return (rows[0].since if before else None), before


def _remembered(version: int) -> QuerySet[CalendarVersion]:
    """This version, those that began in the 60 days before it, and the one that held before them; the newest first.

    None where this one was there before any change.
    """
    rows = CalendarVersion.objects.filter(number__lte=version)
    begins = Subquery(rows.filter(number=version).values("since"))
    lately = rows.filter(since__gte=begins - REMEMBERED)
    first = Subquery(lately.order_by("number").values("number")[:1])
    return rows.filter(number__gte=first - 1).order_by("-number")[:MOST_REMEMBERED]


def of_definition(said: dict[str, Any]) -> hours.Calendar:
    """The calendar that a version on record describes (scheduling.Plan as JSON)."""
    windows = [(day, wall.fromisoformat(opens), wall.fromisoformat(closes)) for day, opens, closes in said["windows"]]
    closures = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last, _reason in said["closures"]]
    return build(said["time_zone"], said["country"], said["subdivision"], windows, closures)


def build(
    zone_name: str,
    country: str,
    subdivision: str,
    windows: Iterable[tuple[int, wall, wall]],
    closures: Iterable[tuple[date, date]],
    *,
    on_call: tuple[hours.Interval, ...] = (),
) -> hours.Calendar:
    """A calendar from what its rows say. A closure is whole local days, the last one included."""
    zone = ZoneInfo(zone_name)
    weekly: dict[int, tuple[tuple[wall, wall], ...]] = {}
    for weekday, opens, closes in windows:
        weekly[weekday] = (*weekly.get(weekday, ()), (opens, closes))
    shut = tuple((_midnight(first, zone), _midnight(last + timedelta(days=1), zone)) for first, last in closures)
    return hours.Calendar(zone, weekly, _holiday_rule(country, subdivision), shut, on_call)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall(0), zone).astimezone(UTC)


@cache
def _holiday_rule(country: str, subdivision: str):
    """Whether a date is a public holiday there. The package's first use costs about 350 ms, so it is kept."""
    days = holidays.country_holidays(country, subdiv=subdivision or None) if country else {}
    filling = Lock()

    def is_holiday(day: date) -> bool:
        # The package marks a year as filled before it fills it: another thread would find no holiday in it meanwhile.
        with filling:
            return day in days

    return is_holiday
