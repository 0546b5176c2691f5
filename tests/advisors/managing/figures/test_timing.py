"""Kept promises, how long answers took, why some were late, and what waits: to the second."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisors.managing.figures import timing
from advisors.managing.figures.figure import at, percent
from advisors.managing.figures.period import Period
from advisors.managing.figures.timing import Worked
from askpeer import calendars
from questions import states
from questions.models import Round
from tests.advisors.managing.figures.rows import DAY, HOUR, answered, asked

SECOND = timedelta(seconds=1)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
LEAPING = Period(date(2026, 10, 25), date(2026, 10, 25))  # 25 hours long


@pytest.mark.django_db
def test_on_time_is_up_to_the_promised_second_and_without_a_new_date(calendar, now):
    due = now + 3 * DAY
    answered(now, due, due=due)
    answered(now, due + SECOND, due=due)
    answered(now, due - DAY, due=due, redated=due + DAY)  # closed days: moved before it was broken
    assert timing.kept(NOVEMBER, now=due) == {"on_time": 1, "late": 2, "running": 0, "ended": 0}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "before", "at_the_moment"),
    [
        (states.OPEN, "running", "late"),
        (states.PENDING_ASKER, "running", "running"),
        (states.REDIRECTED, "ended", "ended"),
        (states.CLOSED, "ended", "ended"),
    ],
)
def test_without_an_answer_it_is_late_from_the_promised_second_on(calendar, now, status, before, at_the_moment):
    asked(now, status=status, due=now + DAY)
    none = dict.fromkeys(("on_time", "late", "running", "ended"), 0)
    assert timing.kept(NOVEMBER, now=now + DAY - SECOND) == none | {before: 1}
    assert timing.kept(NOVEMBER, now=now + DAY) == none | {at_the_moment: 1}


@pytest.mark.django_db
def test_every_round_is_counted_once_whatever_became_of_it(calendar, now):
    for status in states.STATUSES:
        if status not in {states.ANSWERED, states.WITHDRAWN}:  # the one has its answer, the other no key
            asked(now, status=status, due=now + DAY)
            asked(now, status=status, due=now + DAY, redated=now + 2 * DAY)
            answered(now, now + 2 * DAY, due=now + DAY)
    counted = timing.kept(NOVEMBER, now=now + DAY)
    assert sum(counted.values()) == Round.objects.count()


@pytest.mark.django_db
def test_of_cases_about_staff_no_figure_counts_any(calendar, now):
    asked(now, due=now + DAY)
    answered(now, now + 2 * DAY, due=now + DAY, redated=now + 3 * DAY, why=Round.Why.ILL)
    readers = (timing.promises, timing.speed, timing.late_reasons, timing.weeks, timing.backlog)
    before = [reader(NOVEMBER, now=now + 4 * DAY) for reader in readers]
    asked(now, due=now + DAY, about_staff=True)
    answered(now, now + 3 * DAY, due=now + DAY, redated=now + 3 * DAY, why=Round.Why.ILL, about_staff=True)
    assert [reader(NOVEMBER, now=now + 4 * DAY) for reader in readers] == before


@pytest.mark.django_db
def test_a_period_is_whole_days_on_the_services_own_clock(calendar):
    begins, ends = datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)
    for moment in (begins - SECOND, begins, ends - SECOND, ends):
        asked(moment)
    assert (LEAPING.begins, LEAPING.ends) == (begins, ends)
    assert sum(timing.kept(LEAPING, now=ends).values()) == 2


@pytest.mark.django_db
def test_half_and_nine_in_ten_are_the_nearest_rank(calendar, now):
    for hours in range(1, 7):
        answered(now, now + hours * HOUR)
    answered(now - 4 * DAY, now - 3 * DAY)  # Thursday 11:00 to Friday 11:00: eight hours
    answered(now, now + 9 * HOUR)  # closed at 18:00
    for _ in range(2):
        answered(now, now + 30 * HOUR)  # Tuesday 17:00
    found = timing.speed(NOVEMBER, now=now)
    assert found.rows == [
        ("Half within", (5.0, 0.2)),
        ("9 in 10 within", (14.0, 1.2)),
        ("The longest", (14.0, 1.2)),
    ]
    assert found.note == "10 answers of the period, from asking to answer. A pause counts."


@pytest.mark.django_db
def test_nothing_answered_is_a_dash(calendar, now):
    assert timing.speed(NOVEMBER, now=now).rows == [
        ("Half within", ("–", "–")),
        ("9 in 10 within", ("–", "–")),
        ("The longest", ("–", "–")),
    ]


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5), (0.9, 9), (1.0, 10)])
def test_the_nearest_rank_of_ten(share, expected):
    assert at(range(1, 11), share) == expected


@pytest.mark.parametrize(
    ("part", "expected"), [(0, "0 %"), (1, "1 %"), (14, "1 %"), (15, "2 %"), (999, "99 %"), (1000, "100 %")]
)
def test_a_share_is_neither_none_nor_all_where_it_is_not(part, expected):
    assert percent(part, 1000) == expected


FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 390 * 86_400).map(lambda seconds: FIRST + seconds * SECOND)  # the calendar looks 400 days on


@pytest.mark.django_db
@given(st.tuples(MOMENTS, MOMENTS, MOMENTS, MOMENTS).map(sorted))
def test_looked_up_hours_are_the_calendars_own(moments):
    begins, one, other, ends = moments
    calendar = calendars.current()
    clock = Worked(begins, ends)
    assert clock.until(other) - clock.until(one) == pytest.approx(calendar.staffed(one, other) / HOUR)


@pytest.mark.django_db
def test_a_hundred_thousand_take_less_than_a_second_to_reckon(calendar, now, capsys):
    times = [(now - n % 9000 * HOUR, now - n % 9000 * HOUR + n % 97 * HOUR) for n in range(100_000)]
    began = time.perf_counter()
    hours = timing._sorted_hours(times)
    took = time.perf_counter() - began
    with capsys.disabled():
        print(f" 100,000 answers reckoned in working hours: {took:.2f} s", end=" ")
    assert (len(hours), hours[0]) == (100_000, 0.0)
    assert took < 10


@pytest.mark.django_db
def test_why_some_were_late(calendar, now):
    asked(now)
    asked(now, redated=now, why=Round.Why.MISSED)
    for _ in range(2):
        asked(now, redated=now, why=Round.Why.ILL)
    asked(now - 30 * DAY, redated=now, why=Round.Why.DOWN)  # of another month
    assert timing.late_reasons(NOVEMBER, now=now).rows == [
        ("We fell behind", (1,)),
        ("We have to be closed", (0,)),
        ("Too many of us are ill", (2,)),
        ("The site was down", (0,)),
    ]


@pytest.mark.django_db
def test_weeks_begin_on_monday_and_all_of_them_are_there(calendar, now):
    asked(now)
    answered(now - 7 * DAY, now + DAY)
    asked(datetime(2026, 11, 1, 12, tzinfo=UTC))  # a Sunday
    assert timing.weeks(NOVEMBER, now=now).rows == [
        ("26 Oct", (1, 0)),
        ("2 Nov", (0, 0)),
        ("9 Nov", (1, 0)),
        ("16 Nov", (1, 1)),
        ("23 Nov", (0, 0)),
        ("30 Nov", (0, 0)),
    ]


@pytest.mark.django_db
def test_the_backlog_by_age_to_the_second(calendar, now):
    for ago in (DAY - SECOND, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 10 * DAY - SECOND, 10 * DAY):
        asked(now - ago, status=states.OPEN)
    asked(now - 5 * DAY, status=states.PENDING_ASKER)
    asked(now - 5 * DAY, status=states.REDIRECTED)
    answered(now - 5 * DAY, now)
    assert timing.backlog(NOVEMBER, now=now).rows == [
        ("Under a day", (1, 0)),
        ("1 to 2 days", (1, 0)),
        ("2 to 3 days", (1, 0)),
        ("3 to 5 days", (1, 1)),
        ("5 to 10 days", (3, 2)),
        ("Over 10 days", (1, 1)),
    ]
