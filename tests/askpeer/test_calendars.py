from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ImproperlyConfigured

from askpeer import calendars
from askpeer.models import Closure, OpeningWindow, ServiceCalendar

pytestmark = pytest.mark.django_db
NO_HOURS = "The calendar has no opening hours: add at least one window at /admin/."


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
