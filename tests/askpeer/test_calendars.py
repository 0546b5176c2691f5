from datetime import UTC, date, datetime, time, timedelta
from threading import Event, Thread

import holidays
import pytest
from django.core.exceptions import ImproperlyConfigured

from askpeer import calendars
from askpeer.models import CalendarVersion, Closure, OpeningWindow, ServiceCalendar

pytestmark = pytest.mark.django_db
NO_HOURS = "The calendar has no opening hours: add at least one window at /manage/hours/."


@pytest.mark.parametrize("rows", [0, 1])
def test_a_calendar_without_hours_is_an_error_with_a_way_out(rows):
    ServiceCalendar.objects.all().delete()
    for _ in range(rows):
        ServiceCalendar.objects.create()
    with pytest.raises(ImproperlyConfigured) as problem:
        calendars.current()
    assert str(problem.value) == NO_HOURS


def test_the_rows_become_the_calendar(calendar):
    friday = date(2026, 11, 20)
    hours = ((datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 11, 20, 18, tzinfo=UTC)),)
    days = [friday, date(2026, 11, 21), date(2026, 12, 25), date(2026, 12, 28)]
    assert [calendar.on_day(day) for day in days] == [hours, (), (), ()]


def test_it_is_read_once_and_anew_after_a_change(calendar, django_assert_num_queries):
    row = ServiceCalendar.objects.get()
    with django_assert_num_queries(0):
        assert calendars.current() is calendar
    Closure.objects.create(calendar=row, first_day=date(2026, 11, 17), last_day=date(2026, 11, 18))
    days = [date(2026, 11, day) for day in (16, 17, 18, 19)]
    assert [bool(calendars.current().on_day(day)) for day in days] == [True, False, False, True]
    Closure.objects.get().delete()
    assert bool(calendars.current().on_day(days[1])) is True
    OpeningWindow.objects.create(calendar=row, weekday=5, opens=time(10), closes=time(12))
    assert bool(calendars.current().on_day(date(2026, 11, 21))) is True


def test_another_country_has_its_own_holidays_and_none_has_none(calendar):
    row = ServiceCalendar.objects.get()
    row.country, row.subdivision, row.time_zone = "BE", "", "Europe/Brussels"
    row.save()
    assert calendars.current().on_day(date(2026, 7, 21)) == ()
    row.country = ""
    row.save()
    assert bool(calendars.current().on_day(date(2026, 12, 25))) is True


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def changed(calendar):
    """Puts versions on record that began at these moments, after one that was open on weekdays from 10:00 to 11:00."""

    def save(*moments):
        said = {"time_zone": "Europe/London", "country": "", "subdivision": "", "closures": []}
        short, long = (
            said | {"windows": [[day, "10:00:00", closes] for day in range(5)]} for closes in ("11:00:00", "18:00:00")
        )
        CalendarVersion.objects.bulk_create(
            CalendarVersion(number=number, since=since, definition=long if since else short)
            for number, since in enumerate([None, *moments], 1)
        )
        ServiceCalendar.objects.update(version=len(moments) + 1)
        calendars.forget()

    return save


def known(calendar):
    """Since when each version holds that a calendar knows of, the newest first."""
    while calendar is not None:
        yield calendar.since
        calendar = calendar.before


def test_hours_that_were_worked_are_remembered_however_often_they_are_changed(changed, now):
    changed(*(now + number * MINUTE for number in range(300)))
    # Friday 13 November had one hour, and Monday one until 11:00 and the rest of its day from then on.
    assert calendars.current().staffed(now - 3 * DAY - timedelta(hours=2), now + DAY) == timedelta(hours=1 + 8 + 1)


def test_sixty_days_before_the_last_change_are_remembered_and_what_held_before_them(changed, now):
    moments = [now - days * DAY for days in (300, 90, 61, 60, 1, 0)]
    changed(*moments)
    assert list(known(calendars.current())) == [*reversed(moments[3:]), None]
    # What held when they began is the one of 61 days ago: open until 18:00, as the first of all was not.
    assert calendars.current().staffed(now - 61 * DAY, now - 60 * DAY) == timedelta(hours=8)


def test_without_a_change_on_record_nothing_held_before(changed):
    assert list(known(calendars.current())) == [None]
    changed()
    assert list(known(calendars.current())) == [None]


def test_no_more_than_five_hundred_versions_are_read(changed, now):
    changed(*(now + number * MINUTE for number in range(600)))
    assert len(list(known(calendars.current()))) == 500


@pytest.mark.parametrize("count", [2, 20])
def test_all_versions_are_read_at_once(changed, now, count, django_assert_num_queries):
    changed(*(now + number * MINUTE for number in range(count)))
    with django_assert_num_queries(5):
        calendars.current()


def test_a_second_thread_finds_the_holidays_of_a_year_that_the_first_one_is_still_looking_up(monkeypatch):
    """The first is held in the middle of the package's own work; the second asks then."""
    christmas, begun, may_end, found = date(2034, 12, 25), Event(), Event(), []
    england = type(holidays.country_holidays("GB", subdiv="ENG"))
    populate = england._populate

    def held_up(days, year):
        begun.set()
        may_end.wait(10)
        populate(days, year)

    monkeypatch.setattr(england, "_populate", held_up)
    calendars._holiday_rule.cache_clear()
    monday = calendars.build("Europe/London", "GB", "ENG", [(0, time(10), time(18))], [])
    first, second = (Thread(target=lambda: found.append(monday.on_day(christmas))) for _ in range(2))
    first.start()
    assert begun.wait(10)
    second.start()
    second.join(0.3)  # without waiting for the first, it has its answer by now
    may_end.set()
    for thread in (first, second):
        thread.join(10)
    assert found == [(), ()]
