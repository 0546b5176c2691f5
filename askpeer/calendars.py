"""The service's calendar as it stands in the database, read at most once in 30 seconds by each process."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from django.core.exceptions import ImproperlyConfigured

from askpeer import hours
from askpeer.models import Closure, OpeningWindow, ServiceCalendar

KEPT_SECONDS = 30


class NoWindows(ImproperlyConfigured):
    """The calendar has no opening hours at all."""


_kept: dict[str, tuple[float, hours.Calendar]] = {}


def current() -> hours.Calendar:
    """The calendar to reckon with. Raises ImproperlyConfigured when it has no opening hours at all."""
    kept = _kept.get("calendar")
    if kept is None or time.monotonic() > kept[0]:
        kept = _kept["calendar"] = (time.monotonic() + KEPT_SECONDS, read())
    return kept[1]


def forget(**signal: object) -> None:
    """Read the calendar anew at the next use; called whenever a row of it changes in this process."""
    _kept.clear()


def read() -> hours.Calendar:
    row = ServiceCalendar.objects.order_by("pk").first()
    weekly: dict[int, tuple[tuple, ...]] = {}
    for window in OpeningWindow.objects.filter(calendar=row):
        weekly[window.weekday] = (*weekly.get(window.weekday, ()), (window.opens, window.closes))
    if row is None or not weekly:
        raise NoWindows("The calendar has no opening hours: add at least one window at /admin/.")
    zone = ZoneInfo(row.time_zone)
    closures = tuple(_closed(closure, zone) for closure in Closure.objects.filter(calendar=row))
    return hours.Calendar(zone, weekly, _holiday_rule(row.country, row.subdivision), closures)


def _closed(closure: Closure, zone: ZoneInfo) -> hours.Interval:
    ends = closure.last_day + timedelta(days=1)
    return (
        datetime.combine(closure.first_day, datetime.min.time(), zone).astimezone(UTC),
        datetime.combine(ends, datetime.min.time(), zone).astimezone(UTC),
    )


@cache
def _holiday_rule(country: str, subdivision: str):
    """Whether a date is a public holiday there. The package's first use costs about 350 ms, so it is kept."""
    days = holidays.country_holidays(country, subdiv=subdivision or None) if country else {}

    def is_holiday(day: date) -> bool:
        return day in days

    return is_holiday
