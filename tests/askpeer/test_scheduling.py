"""The calendar is changed whole, as the next version; what cannot be reckoned with is refused with a sentence."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from askpeer import calendars, history, scheduling
from askpeer.errors import Refused, Stale
from askpeer.models import CalendarVersion, Closure, OpeningWindow, ServiceCalendar

pytestmark = pytest.mark.django_db
WEEK = tuple((day, time(10), time(18)) for day in range(5))
PARTY = (date(2026, 12, 18), date(2026, 12, 18), "Party")
ACTOR = "person:tom"


@pytest.fixture
def plan(calendar):
    return scheduling.present()[1]


def save(plan, now, version=1):
    return scheduling.save(plan, version=version, actor=ACTOR, now=now)


def test_the_present_plan_is_what_the_rows_say(plan):
    assert scheduling.present() == (1, scheduling.Plan("Europe/London", "GB", "ENG", WEEK))


def test_a_plan_is_saved_whole_and_read_back(plan, now, django_capture_on_commit_callbacks):
    windows = ((0, time(9), time(12)), (0, time(13), time(0)), (6, time(12), time(16)))
    new = scheduling.Plan("Europe/Brussels", "BE", "", windows, (PARTY,))
    with django_capture_on_commit_callbacks(execute=True):
        assert save(new, now) == 2
    assert scheduling.present() == (2, new)
    assert calendars.current().weekly == {0: ((time(9), time(12)), (time(13), time(0))), 6: ((time(12), time(16)),)}
    assert calendars.current().closures == (
        (datetime(2026, 12, 17, 23, tzinfo=UTC), datetime(2026, 12, 18, 23, tzinfo=UTC)),
    )


def test_every_version_is_on_record_also_the_one_before_the_first_change(plan, now):
    save(replace(plan, closures=(PARTY,)), now)
    save(replace(plan, windows=WEEK[:1]), now + timedelta(days=1), version=2)
    found = [(row.number, row.since, row.actor, row.definition["closures"]) for row in scheduling.versions()]
    assert found == [
        (3, now + timedelta(days=1), ACTOR, []),
        (2, now, ACTOR, [["2026-12-18", "2026-12-18", "Party"]]),
        (1, None, "", []),
    ]
    assert [(entry.kind, entry.facts) for entry in history.of("calendar")] == [
        ("calendar changed", {"version": 2}),
        ("calendar changed", {"version": 3}),
    ]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_no_version_is_ever_changed(plan, now, act):
    save(replace(plan, closures=(PARTY,)), now)
    rows = CalendarVersion.objects.filter(number=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(actor="nobody") if act == "update" else rows.delete()


def test_of_two_who_change_it_at_once_the_second_reads_it_first(plan, now):
    save(replace(plan, closures=(PARTY,)), now)
    with pytest.raises(Stale, match="Somebody changed the hours a moment ago"):
        save(replace(plan, windows=WEEK[:1]), now)
    assert (OpeningWindow.objects.count(), Closure.objects.count()) == (5, 1)


def test_alarms_are_reckoned_anew_once_every_process_knows(plan, now):
    save(replace(plan, closures=(PARTY,)), now)
    assert ServiceCalendar.objects.get().reckon_at == now + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"time_zone": "Mars/Base"}, "There is no such time zone. Use a name like Europe/London."),
        ({"country": "ZZ"}, "We know no public holidays for this country. Use a code like GB, or leave it empty."),
        ({"subdivision": "XXX"}, "GB has no such part. Leave it empty, or use one of its codes."),
        ({"country": ""}, "No country has no such part. Leave it empty, or use one of its codes."),
        ({"windows": ()}, "Keep at least one window: without one, nothing can be promised to anybody."),
        ({"windows": WEEK[:1] * 29}, "A week can have 28 windows at most."),
        ({"windows": ((2, time(12), time(11)),)}, "A window has to close after it opens."),
        (
            {"windows": ((0, time(10), time(18)), (0, time(17), time(20)))},
            "Two windows overlap: Monday 10:00–18:00 and Monday 17:00–20:00.",
        ),
        (
            {"windows": ((0, time(10), time(0)), (0, time(17), time(20)))},
            "Two windows overlap: Monday 10:00–00:00 and Monday 17:00–20:00.",
        ),
        (
            {"closures": ((date(2026, 12, 2), date(2026, 12, 1), ""),)},
            "The last day has to be the first day or later.",
        ),
        ({"closures": ((date(2036, 1, 1), date(2036, 1, 1), ""),)}, "Choose days within 5 years of today."),
        ({"closures": ((date(1, 1, 1), date(9999, 12, 31), ""),)}, "Choose days within 5 years of today."),
        (
            {"closures": ((date(2025, 1, 1), date(2026, 12, 31), ""), (date(2027, 1, 1), date(2027, 11, 17), ""))},
            "All closures together can last a year at most.",
        ),
    ],
)
def test_what_cannot_be_reckoned_with_is_refused(plan, now, change, sentence):
    with pytest.raises(Refused) as refused:
        save(replace(plan, **change), now)
    assert (str(refused.value), scheduling.present()) == (sentence, (1, plan))


def test_a_week_of_holidays_alone_is_refused(plan, now, monkeypatch):
    closed = (date(2026, 11, 1), date(2027, 10, 31), "")
    monkeypatch.setattr("askpeer.hours.HORIZON", 300)
    with pytest.raises(Refused, match="too few staffed hours ahead"):
        save(replace(plan, closures=(closed,)), now)


def test_a_calendar_without_a_row_says_so(db):
    ServiceCalendar.objects.all().delete()
    with pytest.raises(calendars.NoWindows, match="There is no calendar"):
        scheduling.present()


@pytest.mark.parametrize(
    ("countries", "home"), [(["GB", "BE", ""], "BE"), (["GB", "BE", "", "GB", ""], "GB"), ([""], ""), (["NL"], "NL")]
)
def test_whoever_worked_on_public_holidays_before_is_at_home_where_they_last_had_some(plan, now, countries, home):
    for number, country in enumerate(countries, start=1):
        definition = scheduling._as_json(replace(plan, country=country, subdivision=""))
        CalendarVersion.objects.create(number=number, definition=definition, actor=ACTOR, since=now)
    ServiceCalendar.objects.update(country=countries[-1])
    import_module("askpeer.migrations.0004_home").follow_country(apps, SimpleNamespace(connection=connection))
    assert ServiceCalendar.objects.get().home == home
