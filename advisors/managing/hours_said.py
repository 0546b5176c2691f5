"""The calendar in words, for who sets it: the week, the public holidays, and what each change changed."""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import holidays
from holidays.registry import COUNTRIES

from advisors.models import Person
from askpeer import calendars, prose, scheduling
from askpeer.hours import Calendar
from askpeer.models import CalendarVersion, OpeningWindow
from askpeer.scheduling import Plan, Window

ENGLISH = ("en_GB", "en_US")
CLOSED = "closed"


class Version(NamedTuple):
    """One version on record: when and by whom, and in sentences what it changed."""

    number: int
    since: str
    who: str
    changes: list[str]


def moment(at: datetime, calendar: Calendar) -> str:
    """Thu 19 Nov, 18:00"""
    local = calendar.local(at)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def span(starts: datetime, ends: datetime, calendar: Calendar) -> str:
    """Thu 19 Nov, 10:00 to 18:00; the day a second time where it ends on another."""
    last = calendar.local(ends)
    same = calendar.local(starts).date() == last.date()
    return f"{moment(starts, calendar)} to {f'{last:%H:%M}' if same else moment(ends, calendar)}"


def week(plan: Plan) -> list[tuple[str, str]]:
    """("Monday", "10:00–12:00 and 13:00–18:00") for each day of it."""
    return [(day.label, _spans(plan.windows, day)) for day in OpeningWindow.Day]


def _spans(windows: Iterable[Window], day: int) -> str:
    return prose.listed([f"{opens:%H:%M}–{_closing(closes)}" for on, opens, closes in windows if on == day]) or CLOSED


def _closing(at: time) -> str:
    return "midnight" if at == time(0) else f"{at:%H:%M}"


def place(plan: Plan) -> str:
    """Whose public holidays count: United Kingdom (ENG); "" for nobody's."""
    country = countries().get(plan.country, plan.country)
    return f"{country} ({plan.subdivision})" if plan.subdivision else country


@cache
def countries() -> dict[str, str]:
    """code: name of every country whose public holidays are known, by name."""
    known = holidays.list_supported_countries()
    named = {codes[1]: _name(key) for key, codes in COUNTRIES.items() if codes[1] in known}
    return dict(sorted(named.items(), key=lambda item: item[1]))


def _name(key: str) -> str:
    return " ".join(word if word in {"and", "of", "the"} else word.capitalize() for word in key.split("_"))


def parts(country: str) -> list[str]:
    """The codes of a country's parts that have holidays of their own."""
    return holidays.list_supported_countries(include_aliases=False).get(country, [])


def holidays_ahead(plan: Plan, *, today: date, count: int = 3) -> list[tuple[date, str]]:
    """The next public holidays and what they are called, in English where the package has it so."""
    if not plan.country:
        return []
    days = _named_days(plan.country, plan.subdivision, today.year)
    return [(day, name) for day, name in days if day >= today][:count]


@cache
def _named_days(country: str, subdivision: str, year: int) -> list[tuple[date, str]]:
    spoken = holidays.country_holidays(country).supported_languages
    language = next((one for one in ENGLISH if one in spoken), None)
    days = holidays.country_holidays(country, subdiv=subdivision or None, years=[year, year + 1], language=language)
    return sorted(days.items())


def days(first: date, last: date) -> str:
    """19 November 2026; 19 to 20 November 2026; 28 December 2026 to 3 January 2027."""
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    return f"{first.day} {first:%B} to {_day(last)}" if first.year == last.year else f"{_day(first)} to {_day(last)}"


def _day(on: date) -> str:
    return f"{on.day} {on:%B} {on.year}"


def changes(before: Plan, after: Plan, *, today: date) -> list[str]:
    """A sentence for each thing in which two plans differ. Closures that were over by today go without a word."""
    said = [
        f"{day}: {now_open}, was {was_open}."
        for (day, was_open), (_, now_open) in zip(week(before), week(after), strict=True)
        if was_open != now_open
    ]
    if before.time_zone != after.time_zone:
        said.append(f"The clock is that of {after.time_zone}, was {before.time_zone}.")
    if place(before) != place(after):
        said.append(f"Public holidays of {place(after) or 'nobody'}, was {place(before) or 'nobody'}.")
    return [*said, *_closures_changed(before, after, today)]


def _closures_changed(before: Plan, after: Plan, today: date) -> list[str]:
    new = [one for one in after.closures if one not in before.closures]
    gone = [one for one in before.closures if one not in after.closures and one[1] >= today]
    cut = {(first, reason) for first, _last, reason in new} & {(first, reason) for first, _last, reason in gone}
    return [
        *[f"Closed {days(first, last)}{f' ({reason})' if reason else ''}." for first, last, reason in new
          if (first, reason) not in cut],
        *[f"Open again {days(max(first, today), last)}." for first, last, _reason in gone],
    ]  # fmt: skip


def versions() -> list[Version]:
    """Every version on record, the newest first. 2 SQL."""
    rows = scheduling.versions()
    names = {person.name: person.alias for person in Person.objects.filter(pk__in=_people(rows))}
    known = [*pairwise(rows), *[(row, None) for row in rows[-1:]]]
    return [_version(row, before, names.get(row.actor, "")) for row, before in known]


def _people(rows: list[CalendarVersion]) -> set[str]:
    return {row.actor.removeprefix("person:") for row in rows if row.actor.startswith("person:")}


def _version(row: CalendarVersion, before: CalendarVersion | None, who: str) -> Version:
    since = _since(row.since) if row.since else ""
    if before is None:
        return Version(row.number, since, who, [])
    assert row.since, "Only the first version on record has no moment."
    day = calendars.current().local(row.since).date()
    return Version(row.number, since, who, changes(_plan(before.definition), _plan(row.definition), today=day))


def _since(at: datetime) -> str:
    """16 November 2026, 12:00"""
    local = calendars.current().local(at)
    return f"{_day(local)}, {local:%H:%M}"


def _plan(definition: dict[str, Any]) -> Plan:
    windows = [
        (day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in definition["windows"]
    ]
    closures = [
        (date.fromisoformat(first), date.fromisoformat(last), reason) for first, last, reason in definition["closures"]
    ]
    place = {name: definition[name] for name in ("time_zone", "country", "subdivision")}
    return Plan(windows=tuple(windows), closures=tuple(closures), **place)
