"""Changing the service's calendar: a plan is checked, compared, and saved whole as the next version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import holidays
from django.db import transaction

from askpeer import calendars, history, hours
from askpeer.errors import Refused, Stale
from askpeer.models import CalendarVersion, Closure, OpeningWindow, ServiceCalendar

MOST_WINDOWS = 28  # four a day
LONGEST_CLOSED = 366  # days, all closures together: past the calendar's horizon nothing could be promised any more
NEAREST_YEARS = 5
LEAST_AHEAD = timedelta(hours=40)  # staffed, within the calendar's horizon
SUBJECT, CHANGE = "calendar", "calendar changed"  # in the trail
CHANGED = "Somebody changed the hours a moment ago. Look at them as they are now, then try again."

Window = tuple[int, time, time]  # weekday (Monday 0), opens, closes; 00:00 closes at midnight
Shut = tuple[date, date, str]  # first day, last day, reason


@dataclass(frozen=True)
class Plan:
    """Everything a calendar says. Windows in the order of the week, closures by their first day."""

    time_zone: str
    country: str
    subdivision: str
    windows: tuple[Window, ...]
    closures: tuple[Shut, ...] = ()

    def calendar(self, *, on_call: tuple[hours.Interval, ...] = ()) -> hours.Calendar:
        """What this plan would have the service reckon with."""
        days = [(first, last) for first, last, _reason in self.closures]
        return calendars.build(self.time_zone, self.country, self.subdivision, self.windows, days, on_call=on_call)


def present() -> tuple[int, Plan]:
    """The version that holds now, and what it says. Raises calendars.NoWindows where there is no calendar at all."""
    row = ServiceCalendar.objects.order_by("pk").first()
    if row is None:
        raise calendars.NoWindows("There is no calendar. Run manage.py migrate.")
    windows = row.windows.values_list("weekday", "opens", "closes")
    closures = row.closures.order_by("first_day", "last_day", "pk").values_list("first_day", "last_day", "reason")
    return row.version, Plan(row.time_zone, row.country, row.subdivision, tuple(windows), tuple(closures))


def versions() -> list[CalendarVersion]:
    """Every version on record, the newest first."""
    return list(CalendarVersion.objects.order_by("-number")[:100])


def check(plan: Plan, *, now: datetime) -> None:
    """Raise Refused with a sentence for the first thing in a plan that cannot be reckoned with."""
    check_zone(plan.time_zone)
    _check_country(plan.country, plan.subdivision)
    _check_windows(plan.windows)
    _check_closures(plan.closures, today=now.date())
    try:
        plan.calendar().add(now, LEAST_AHEAD)
    except hours.NoOpeningHours:
        raise Refused("With this there are too few staffed hours ahead to promise anything to anybody.") from None


def check_zone(name: str) -> None:
    """Raise Refused unless this is an IANA name."""
    if name not in available_timezones():
        raise Refused("There is no such time zone. Use a name like Europe/London.")


def _check_country(country: str, subdivision: str) -> None:
    known = holidays.list_supported_countries()
    if country and country not in known:
        raise Refused("We know no public holidays for this country. Use a code like GB, or leave it empty.")
    if subdivision and subdivision not in known.get(country, []):
        raise Refused(f"{country or 'No country'} has no such part. Leave it empty, or use one of its codes.")


def _check_windows(windows: tuple[Window, ...]) -> None:
    if not windows:
        raise Refused("Keep at least one window: without one, nothing can be promised to anybody.")
    if len(windows) > MOST_WINDOWS:
        raise Refused(f"A week can have {MOST_WINDOWS} windows at most.")
    for _weekday, opens, closes in windows:
        if closes <= opens and closes != time(0):
            raise Refused("A window has to close after it opens.")
    for first, second in pairwise(sorted(windows)):
        if first[0] == second[0] and (first[2] == time(0) or second[1] < first[2]):
            raise Refused(f"Two windows overlap: {window_said(first)} and {window_said(second)}.")


def window_said(window: Window) -> str:
    """Monday 10:00–18:00"""
    weekday, opens, closes = window
    return f"{OpeningWindow.Day(weekday).label} {opens:%H:%M}–{closes:%H:%M}"


def _check_closures(closures: tuple[Shut, ...], *, today: date) -> None:
    for first, last, _reason in closures:
        if last < first:
            raise Refused("The last day has to be the first day or later.")
        if max(abs(day.year - today.year) for day in (first, last)) > NEAREST_YEARS:
            raise Refused(f"Choose days within {NEAREST_YEARS} years of today.")
    if _days_ahead(closures, today) > LONGEST_CLOSED:
        raise Refused("All closures together can last a year at most.")


def _days_ahead(closures: Iterable[Shut], today: date) -> int:
    ahead = {(max(first, today), last) for first, last, _reason in closures if last >= today}
    return sum((last - first).days + 1 for first, last in ahead)


@transaction.atomic
def save(plan: Plan, *, version: int, actor: str, now: datetime) -> int:
    """Let a plan hold from now on in place of this version; return the new one's number. Raises Refused, Stale.

    Other processes read it within calendars.KEPT_SECONDS, and the sweep reckons every alarm anew after that.
    """
    check(plan, now=now)
    _, before = present()
    row = ServiceCalendar.objects.order_by("pk").values_list("pk", flat=True)[:1]
    changes = {"time_zone": plan.time_zone, "country": plan.country, "subdivision": plan.subdivision}
    changes |= {"home": plan.country} if plan.country else {}
    here = ServiceCalendar.objects.filter(pk__in=list(row), version=version)
    if here.update(version=version + 1, **changes) != 1:
        raise Stale(CHANGED)
    _write_rows(row[0], plan)
    _keep(version, before, since=None, actor="")
    _keep(version + 1, plan, since=now, actor=actor)
    history.record(subject=SUBJECT, kind=CHANGE, actor=actor, now=now, facts={"version": version + 1})
    calendars.reckon_later(now=now)
    transaction.on_commit(calendars.forget)
    return version + 1


def _write_rows(calendar: int, plan: Plan) -> None:
    OpeningWindow.objects.filter(calendar=calendar).delete()
    Closure.objects.filter(calendar=calendar).delete()
    OpeningWindow.objects.bulk_create(
        OpeningWindow(calendar_id=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in plan.windows
    )
    Closure.objects.bulk_create(
        Closure(calendar_id=calendar, first_day=first, last_day=last, reason=reason)
        for first, last, reason in plan.closures
    )


def _keep(number: int, plan: Plan, *, since: datetime | None, actor: str) -> None:
    """Put a version on record; one that is there already stays as it was written."""
    row = CalendarVersion(number=number, definition=_as_json(plan), since=since, actor=actor)
    CalendarVersion.objects.bulk_create([row], ignore_conflicts=True)


def _as_json(plan: Plan) -> dict[str, Any]:
    return {
        "time_zone": plan.time_zone,
        "country": plan.country,
        "subdivision": plan.subdivision,
        "windows": [[day, f"{opens:%H:%M}", f"{closes:%H:%M}"] for day, opens, closes in plan.windows],
        "closures": [[str(first), str(last), reason] for first, last, reason in plan.closures],
    }
