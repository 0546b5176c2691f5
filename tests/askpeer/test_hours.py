"""The calendar against an oracle that walks through time minute by minute, and literal days that are hard."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askpeer.hours import Calendar, NoOpeningHours

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
# Each zone with two dates on which its clocks change, or something else is odd: Apia left 30 December 2011 out, and the
# Azores show midnight twice in autumn, and not at all in spring.
DATES = {
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/Brussels": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Asia/Kolkata": (date(2024, 2, 29), date(2026, 12, 31)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Pacific/Apia": (date(2011, 12, 30), date(2012, 4, 1)),
    "Atlantic/Azores": (date(2026, 3, 29), date(2026, 10, 25)),
}
FAR_APART = ("Pacific/Kiritimati", "Europe/Brussels", "Europe/London", "Atlantic/Azores", "Pacific/Pago_Pago")
DAYS_ROUND = 4  # the oracle sees so many days before and after the date


@cache
def walls(zone, day):
    """What the wall clock shows at each minute of the days round a date, and where each showing first and last is."""
    start = datetime.combine(day, time(12), UTC) - DAYS_ROUND * DAY
    minutes = range(2 * DAYS_ROUND * 1440)
    shown = [(start + minute * MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for minute in minutes]
    last = {wall: minute for minute, wall in enumerate(shown)}
    first = {wall: minute for minute, wall in reversed(list(enumerate(shown)))}
    return start, shown, first, last


class Oracle:
    """The minutes round a date, each staffed or not. It knows what the clock shows and no interval arithmetic."""

    def __init__(self, calendar, day):
        self.calendar = calendar
        self.start, self.shown, self.first, self.last = walls(calendar.zone.key, day)
        self.staffed = bytearray(len(self.shown))
        for offset in range(1 - DAYS_ROUND, DAYS_ROUND):
            self._staff(day + offset * DAY)
        for closed, again in calendar.closures:
            for minute in range(max(0, self.minute(closed)), min(len(self.shown), self.minute(again))):
                self.staffed[minute] = 0

    def _staff(self, day):
        if self.calendar.holiday(day):
            return
        for opens, closes in self.calendar.weekly.get(day.weekday(), ()):
            # A day is over where the next one begins.
            places, last = (self.first, day + DAY) if closes == time() else (self.last, day)
            begin = self._showing(self.first, datetime.combine(day, opens))
            for minute in range(begin, self._showing(places, datetime.combine(last, closes))):
                self.staffed[minute] = 1

    def _showing(self, places, wall):
        """The first or last minute that shows this time; where none does, the first that shows a later one."""
        return places[wall] if wall in places else next(m for m, shown in enumerate(self.shown) if shown > wall)

    def minute(self, moment):
        return int((moment - self.start) / MINUTE)

    def moment(self, minute):
        return self.start + minute * MINUTE

    def next_open(self, minute):
        found = self.staffed.find(1, minute)
        return self.moment(found)

    def next_close(self, minute):
        """The end of the run that the next staffed minute is in; a run ends with its day."""
        place = self.staffed.find(1, minute)
        day = self.shown[place].date()
        while self.staffed[place] and self.shown[place].date() == day:
            place += 1
        return self.moment(place)

    def after(self, minute, amount):
        """When so many staffed minutes, at least one, have passed."""
        place = minute - 1
        for _ in range(amount):
            place = self.staffed.index(1, place + 1)
        return self.moment(place + 1)


quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
night = st.integers(0, 15).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
windows = st.tuples(night | quarters, st.just(time()) | night | quarters).filter(
    lambda window: window[0] < window[1] or window[1] == time()
)
weeks = st.fixed_dictionaries({day: st.lists(windows, max_size=3).map(tuple) for day in range(7)})


@st.composite
def cases(draw):
    """An oracle, its calendar, and two minutes in the middle of what it sees."""
    zone = draw(st.sampled_from(sorted(DATES)))
    day = draw(st.sampled_from(DATES[zone]))
    off = draw(st.frozensets(st.integers(-3, 3).map(lambda offset: day + offset * DAY), max_size=2))
    start = walls(zone, day)[0]
    spans = st.tuples(st.integers(0, 11_000), st.integers(1, 2000))
    closures = [
        (start + begin * MINUTE, start + (begin + length) * MINUTE)
        for begin, length in draw(st.lists(spans, max_size=2))
    ]
    calendar = Calendar(ZoneInfo(zone), draw(weeks), off.__contains__, tuple(closures))
    first, second = sorted((draw(st.integers(2500, 9000)), draw(st.integers(2500, 9000))))
    return Oracle(calendar, day), calendar, first, second


def check_minutes(oracle, calendar, first, second):
    """The calendar says of these two minutes what counting one by one gives."""
    start, end = oracle.moment(first), oracle.moment(second)
    assert calendar.is_open(start) == bool(oracle.staffed[first])
    assert calendar.staffed(start, end) == sum(oracle.staffed[first:second]) * MINUTE
    ahead = sum(oracle.staffed[first:9500])
    if ahead:
        assert calendar.next_open(start) == oracle.next_open(first)
        for amount in {1, ahead // 2 or 1, ahead}:
            assert calendar.add(start, amount * MINUTE) == oracle.after(first, amount)


@given(cases())
@settings(max_examples=3 * settings.default.max_examples)
def test_every_answer_is_the_one_that_counting_minutes_gives(case):
    oracle, calendar, first, _ = case
    if any(oracle.staffed[first:9500]):
        assert calendar.next_close(oracle.moment(first)) == oracle.next_close(first)
    check_minutes(*case)


@given(cases(), st.integers(1, 3))
def test_the_closing_time_some_working_days_on_is_where_those_days_end(case, days):
    oracle, calendar, first, _ = case
    staffed = {oracle.shown[m].date(): m + 1 for m in range(first, 9500) if oracle.staffed[m]}
    # The last day the oracle sees may be seen in part.
    whole = sorted(staffed)[:-1]
    if len(whole) > days:
        assert calendar.closing_after(oracle.moment(first), days) == oracle.moment(staffed[whole[days]])


@given(cases(), st.timedeltas(timedelta(microseconds=1), timedelta(hours=60)))
def test_the_time_added_is_the_time_staffed_to_the_microsecond(case, amount):
    _, calendar, first, _ = case
    start = case[0].moment(first) + timedelta(microseconds=amount.microseconds)
    try:
        end = calendar.add(start, amount)
    except NoOpeningHours:
        assert calendar.staffed(start, start + 300 * DAY) < amount
    else:
        assert calendar.staffed(start, end) == amount


@st.composite
def changes(draw):
    """A calendar whose zone and hours were changed once or twice, its staffed minutes, and two of the middle ones."""
    day = draw(st.sampled_from(DATES["Europe/London"]))
    zones = draw(st.lists(st.sampled_from(FAR_APART), min_size=2, max_size=3))
    moments = sorted(draw(st.lists(st.integers(2500, 9000), min_size=len(zones) - 1, max_size=len(zones) - 1)))
    start, calendar, staffed = walls(zones[0], day)[0], None, bytearray()
    for zone, begins in zip(zones, [0, *moments], strict=True):
        alone = Calendar(ZoneInfo(zone), draw(weeks))
        oracle = Oracle(alone, day)
        staffed[begins:] = oracle.staffed[begins:]
        calendar = replace(alone, since=start + begins * MINUTE, before=calendar) if calendar else alone
    oracle.staffed = staffed
    first, second = sorted((draw(st.integers(2500, 9000)), draw(st.integers(2500, 9000))))
    return oracle, calendar, first, second


@given(changes())
def test_whatever_the_zone_is_changed_to_every_minute_counts_that_was_staffed_when_it_came(case):
    check_minutes(*case)


def test_a_zone_that_moves_west_loses_no_hour():
    """Open all day; at 23:30 UTC, when it is the next day in Brussels already, the clock becomes London's."""
    always = dict.fromkeys(range(7), ((time(0), time(0)),))
    brussels = Calendar(ZoneInfo("Europe/Brussels"), always)
    calendar = Calendar(LONDON, always, since=at(2026, 11, 16, 23, 30), before=brussels)
    assert calendar.staffed(at(2026, 11, 16, 12), at(2026, 11, 17, 12)) == DAY
    assert calendar.add(at(2026, 11, 16, 12), DAY) == at(2026, 11, 17, 12)


def london(*windows, **options):
    """Open every day of the week in these windows, London time."""
    return Calendar(LONDON, dict.fromkeys(range(7), windows), **options)


def at(*moment):
    return datetime(*moment, tzinfo=UTC)


def test_a_window_follows_the_wall_clock_through_the_year():
    calendar = london((time(10), time(18)))
    assert calendar.on_day(date(2026, 1, 15)) == ((at(2026, 1, 15, 10), at(2026, 1, 15, 18)),)
    assert calendar.on_day(date(2026, 7, 15)) == ((at(2026, 7, 15, 9), at(2026, 7, 15, 17)),)


def test_an_hour_that_the_spring_night_leaves_out_is_not_staffed():
    calendar = london((time(0), time(4)))
    assert calendar.staffed(at(2026, 3, 29, 0), at(2026, 3, 30, 0)) == timedelta(hours=3 + 1)
    assert calendar.on_day(date(2026, 3, 29)) == ((at(2026, 3, 29, 0), at(2026, 3, 29, 3)),)


@pytest.mark.parametrize(
    ("window", "opened"),
    [
        ((time(1, 30), time(4)), ((at(2026, 3, 29, 1), at(2026, 3, 29, 3)),)),
        ((time(0), time(1, 30)), ((at(2026, 3, 29, 0), at(2026, 3, 29, 1)),)),
        ((time(1, 15), time(1, 45)), ()),
    ],
    ids=["opens in the gap", "closes in the gap", "lies in the gap"],
)
def test_a_time_in_the_spring_gap_is_the_moment_the_gap_ends(window, opened):
    assert london(window).on_day(date(2026, 3, 29)) == opened


def test_the_hour_that_the_autumn_night_repeats_is_staffed_twice():
    calendar = london((time(0), time(4)))
    assert calendar.on_day(date(2026, 10, 25)) == ((at(2026, 10, 24, 23), at(2026, 10, 25, 4)),)
    assert calendar.add(at(2026, 10, 24, 23), timedelta(hours=3)) == at(2026, 10, 25, 2)


def test_a_time_shown_twice_is_the_first_for_opening_and_the_second_for_closing():
    calendar = london((time(1, 30), time(1, 45)))
    assert calendar.on_day(date(2026, 10, 25)) == ((at(2026, 10, 25, 0, 30), at(2026, 10, 25, 1, 45)),)


def test_windows_that_touch_in_the_repeated_hour_count_it_once():
    calendar = london((time(0), time(1, 30)), (time(1, 30), time(3)))
    assert calendar.staffed(at(2026, 10, 24, 22), at(2026, 10, 25, 12)) == timedelta(hours=4)


AZORES = ZoneInfo("Atlantic/Azores")  # on Sunday 25 October 2026 its first hour comes twice, from 0:00 UTC on


def test_midnight_shown_twice_is_counted_once():
    calendar = Calendar(AZORES, dict.fromkeys(range(7), ((time(0), time(0)),)))
    assert calendar.staffed(at(2026, 10, 24), at(2026, 10, 27)) == 3 * DAY
    assert calendar.add(at(2026, 10, 24), 3 * DAY) == at(2026, 10, 27)


def test_an_evening_ends_at_the_first_of_two_midnights_and_the_closed_day_after_it_is_closed():
    calendar = Calendar(AZORES, dict.fromkeys(range(6), ((time(10), time(0)),)))
    night, monday = at(2026, 10, 25, 0, 30), at(2026, 10, 27, 1)
    assert calendar.on_day(date(2026, 10, 24)) == ((at(2026, 10, 24, 10), at(2026, 10, 25)),)
    assert calendar.is_open(night) is False
    assert [calendar.closing_after(night, days) for days in (0, 1)] == [monday, monday + DAY]


def test_a_closed_day_before_two_midnights_keeps_no_hour():
    closed = (at(2026, 10, 24), at(2026, 10, 25))
    calendar = Calendar(AZORES, dict.fromkeys(range(6), ((time(10), time(0)),)), closures=(closed,))
    assert calendar.on_day(date(2026, 10, 24)) == ()
    assert calendar.next_open(at(2026, 10, 24)) == at(2026, 10, 26, 11)


def test_clocks_that_go_back_over_midnight_count_what_two_days_share_once():
    """Newfoundland, until 2011, went from 0:01 on Sunday back to 23:01 on Saturday, at 2:31 UTC."""
    week = {5: ((time(23), time(23, 59)),), 6: ((time(0), time(1)),)}
    calendar = Calendar(ZoneInfo("America/St_Johns"), week)
    assert calendar.staffed(at(2010, 11, 7), at(2010, 11, 8)) == timedelta(hours=3)


def test_a_minute_of_saturday_that_shows_a_closed_sunday_waits_for_the_next_working_day():
    calendar = Calendar(ZoneInfo("America/St_Johns"), {0: ((time(10), time(18)),), 5: ((time(23), time(23, 59)),)})
    shown = at(2010, 11, 7, 2, 30, 30)
    assert (calendar.local(shown).isoformat()[:16], calendar.is_open(shown)) == ("2010-11-07T00:00", True)
    assert calendar.closing_after(shown, 0) == at(2010, 11, 8, 21, 30)


def test_overlapping_windows_count_once_and_the_last_to_close_ends_the_day():
    calendar = london((time(10), time(18)), (time(12), time(14)))
    assert calendar.staffed(at(2026, 1, 15), at(2026, 1, 16)) == timedelta(hours=8)
    assert calendar.closing_after(at(2026, 1, 15, 11), 1) == at(2026, 1, 16, 18)


def test_a_window_that_closes_at_midnight_meets_the_next_day():
    calendar = london((time(0), time(0)))
    assert calendar.on_day(date(2026, 1, 15)) == ((at(2026, 1, 15), at(2026, 1, 16)),)
    assert calendar.add(at(2026, 1, 15, 23), timedelta(hours=2)) == at(2026, 1, 16, 1)


def test_the_day_that_apia_left_out_has_no_hours():
    calendar = Calendar(ZoneInfo("Pacific/Apia"), dict.fromkeys(range(7), ((time(10), time(18)),)))
    assert calendar.on_day(date(2011, 12, 30)) == ()
    assert calendar.next_open(at(2011, 12, 30, 6)) == at(2011, 12, 30, 20)


def test_the_leap_day_and_the_turn_of_the_year_are_days_like_others():
    calendar = london((time(10), time(18)))
    assert calendar.closing_after(at(2024, 2, 28, 11), 2) == at(2024, 3, 1, 18)
    assert calendar.closing_after(at(2026, 12, 31, 11), 1) == at(2027, 1, 1, 18)


def test_a_holiday_and_a_weekend_are_not_working_days():
    weekly = dict.fromkeys(range(5), ((time(10), time(18)),))
    calendar = Calendar(LONDON, weekly, {date(2026, 4, 3), date(2026, 4, 6)}.__contains__)
    assert calendar.closing_after(at(2026, 4, 2, 12), 1) == at(2026, 4, 7, 17)
    assert calendar.next_open(at(2026, 4, 2, 17)) == at(2026, 4, 7, 9)


def test_a_closure_cuts_the_hours_it_covers_and_may_split_a_window():
    calendar = london((time(10), time(18)), closures=((at(2026, 1, 15, 12), at(2026, 1, 15, 13)),))
    assert calendar.on_day(date(2026, 1, 15)) == (
        (at(2026, 1, 15, 10), at(2026, 1, 15, 12)),
        (at(2026, 1, 15, 13), at(2026, 1, 15, 18)),
    )
    assert [calendar.is_open(at(2026, 1, 15, hour)) for hour in (11, 12, 13)] == [True, False, True]


def test_opening_counts_as_open_and_closing_as_closed():
    calendar = london((time(10), time(18)))
    moments = [at(2026, 1, 15, 9, 59, 59), at(2026, 1, 15, 10), at(2026, 1, 15, 17, 59, 59), at(2026, 1, 15, 18)]
    assert [calendar.is_open(moment) for moment in moments] == [False, True, True, False]


def test_nothing_added_is_the_start_itself_and_a_backward_span_is_empty():
    calendar = london((time(10), time(18)))
    assert calendar.add(at(2026, 1, 15, 3), timedelta(0)) == at(2026, 1, 15, 3)
    assert calendar.staffed(at(2026, 1, 15, 12), at(2026, 1, 15, 11)) == timedelta(0)


@pytest.mark.parametrize(
    "act",
    [
        lambda calendar: calendar.next_open(at(2026, 1, 15)),
        lambda calendar: calendar.next_close(at(2026, 1, 15)),
        lambda calendar: calendar.add(at(2026, 1, 15), MINUTE),
        lambda calendar: calendar.closing_after(at(2026, 1, 15), 1),
    ],
    ids=["next open", "next close", "add", "closing after"],
)
def test_a_calendar_without_hours_promises_nothing(act):
    with pytest.raises(NoOpeningHours):
        act(Calendar(LONDON, {}))


def test_a_calendar_without_hours_is_closed():
    assert Calendar(LONDON, {}).is_open(at(2026, 1, 15, 12)) is False
    assert Calendar(LONDON, {}).staffed(at(2026, 1, 15), at(2026, 1, 16)) == timedelta(0)


def test_a_single_open_day_a_year_ahead_is_found_and_one_too_far_is_not():
    weekly = dict.fromkeys(range(7), ((time(10), time(18)),))
    calendar = Calendar(LONDON, weekly, lambda day: day != date(2027, 1, 15))
    assert calendar.next_open(at(2026, 1, 15, 12)) == at(2027, 1, 15, 10)
    with pytest.raises(NoOpeningHours):
        calendar.next_open(at(2025, 6, 1))


def test_a_change_holds_from_its_moment_on():
    """On Wednesday 18 November at 14:00 the hours change from 10-18 to 12-20."""
    week = {day: ((time(10), time(18)),) for day in range(5)}
    since = datetime(2026, 11, 18, 14, tzinfo=UTC)
    new = Calendar(
        LONDON, {day: ((time(12), time(20)),) for day in range(5)}, since=since, before=Calendar(LONDON, week)
    )
    spans = [[(opens.hour, closes.hour) for opens, closes in new.on_day(date(2026, 11, day))] for day in (17, 18, 19)]
    assert spans == [[(10, 18)], [(10, 20)], [(12, 20)]]
    assert new.staffed(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)) == timedelta(hours=34)


def test_two_thousand_changes_in_one_sitting_leave_the_hours_before_and_after_as_they_were():
    """Every minute from 10:00 on the hours are changed to 12-20; the last change keeps what the first one found."""
    first = at(2026, 11, 18, 10)
    calendar = london((time(10), time(18)))
    for minutes in range(2000):
        calendar = london((time(12), time(20)), since=first + minutes * MINUTE, before=calendar)
    spans = [[(opens.hour, closes.hour) for opens, closes in calendar.on_day(date(2026, 11, day))] for day in (17, 18)]
    assert spans == [[(10, 18)], [(12, 20)]]


def test_a_change_that_another_clock_dates_before_the_one_it_follows_holds_in_its_place():
    """On Wednesday the hours are changed at 14:00 to 8-22, and then, by a clock an hour behind, at 13:00 to none."""
    longer = london((time(8), time(22)), since=at(2026, 11, 18, 14), before=london((time(10), time(18))))
    calendar = Calendar(LONDON, {}, since=at(2026, 11, 18, 13), before=longer)
    assert calendar.on_day(date(2026, 11, 18)) == ((at(2026, 11, 18, 10), at(2026, 11, 18, 13)),)
