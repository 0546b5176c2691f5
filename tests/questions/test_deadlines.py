"""Promise, budgets and ladder on literal days. The service is open Monday to Friday, 10:00 to 18:00 in London."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from askpeer.hours import Calendar
from questions import deadlines, states

HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28)}
CALENDAR = Calendar(ZoneInfo("Europe/London"), dict.fromkeys(range(5), ((time(10), time(18)),)), HOLIDAYS.__contains__)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def course(
    status, *, entered, asked="2026-11-16T11:00", level="green", promised=None, due=None, reached="", redated=None
):
    """Asked on Monday 16 November at 11:00 and promised for Thursday at 18:00: 31 working hours, unless said."""
    asked = at(asked)
    promised = at(promised) if promised else deadlines.promise(CALENDAR, asked=asked)
    due, redated = at(due) if due else promised, at(redated) if redated else None
    return deadlines.Course(status, level, at(entered), asked, promised, due, reached, redated_at=redated)


def ladder(*args, **kwargs):
    return [(rung.kind, f"{rung.at:%m-%d %H:%M}") for rung in deadlines.ladder(CALENDAR, course(*args, **kwargs))]


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        ("2026-11-16T11:00", "2026-11-19T18:00"),
        ("2026-11-16T03:00", "2026-11-19T18:00"),
        ("2026-11-16T18:00", "2026-11-20T18:00"),
        ("2026-11-19T17:59", "2026-11-24T18:00"),
        ("2026-11-21T12:00", "2026-11-26T18:00"),
        ("2026-04-02T12:00", "2026-04-09T17:00"),
        ("2026-12-23T12:00", "2026-12-30T18:00"),
        ("2026-12-31T12:00", "2027-01-05T18:00"),
        ("2026-03-26T12:00", "2026-03-31T17:00"),
        ("2026-10-22T12:00", "2026-10-27T18:00"),
        ("2026-07-15T08:59", "2026-07-20T17:00"),
    ],
    ids=[
        "in opening hours",
        "before opening",
        "at closing time",
        "a minute before closing",
        "at the weekend",
        "before Easter",
        "before Christmas",
        "before the year ends",
        "clocks go forward meanwhile",
        "clocks go back meanwhile",
        "summer",
    ],
)
def test_the_promise_is_closing_time_three_working_days_on(asked, promised):
    assert deadlines.promise(CALENDAR, asked=at(asked)) == at(promised)


def test_the_work_time_is_what_is_staffed_until_the_promise():
    assert deadlines.work_time(CALENDAR, course("new", entered="2026-11-16T11:00")) == timedelta(hours=31)


def test_a_new_date_gives_every_stage_its_share_of_the_time_until_then():
    """Asked ten minutes before closing, on the eve of a closure: the first date would leave ten minutes of work."""
    short = course("in_progress", entered="2026-11-20T10:00", asked="2026-11-16T17:50", promised="2026-11-16T18:00")
    moved = short._replace(redated_at=at("2026-11-24T18:00"))
    budgets = [deadlines.budget(CALENDAR, one) for one in (short, moved)]
    assert budgets == [timedelta(minutes=4), (timedelta(minutes=10) + 6 * timedelta(hours=8)) * 0.4]
    assert deadlines.work_time(CALENDAR, moved._replace(level="red")) == timedelta(hours=8, minutes=10)


def test_a_red_question_has_until_the_end_of_the_next_staffed_day():
    friday = course("open", entered="2026-11-20T16:00", asked="2026-11-20T16:00", level="red")
    assert deadlines.work_time(CALENDAR, friday) == timedelta(hours=2 + 8)


@pytest.mark.parametrize(
    ("status", "level", "minutes"),
    [
        ("new", "green", 93),
        ("open", "green", 372),
        ("in_progress", "green", 744),
        ("in_review", "green", 372),
        ("changes_requested", "green", 279),
        ("in_progress", "amber", 744),
        ("new", "red", 60),
        ("open", "red", 180),
        ("in_progress", "red", 360),
        ("in_review", "red", 180),
        ("pending_asker", "green", 0),
        ("answered", "green", 0),
        ("redirected", "green", 0),
        ("closed", "green", 0),
        ("withdrawn", "green", 0),
    ],
)
def test_each_stage_has_its_share_of_the_work_time(status, level, minutes):
    budget = deadlines.budget(CALENDAR, course(status, entered="2026-11-16T12:00", level=level))
    assert budget.total_seconds() == pytest.approx(minutes * 60, abs=1e-3)


@pytest.mark.django_db  # how long an answer is kept, a manager may have said
@pytest.mark.parametrize(
    ("status", "entered", "rungs"),
    [
        (
            "new",
            "2026-11-16T11:00",
            [
                ("half", "11-16 11:46"),
                ("most", "11-16 12:14"),
                ("full", "11-16 12:33"),
                ("at_risk", "11-19 14:54"),
                ("late", "11-19 18:00"),
                ("undated", "11-20 12:00"),
            ],
        ),
        (
            "open",
            "2026-11-16T16:00",
            [
                ("half", "11-17 11:06"),
                ("most", "11-17 12:57"),
                ("full", "11-17 14:12"),
                ("at_risk", "11-19 14:54"),
                ("late", "11-19 18:00"),
                ("undated", "11-20 12:00"),
            ],
        ),
        (
            "in_progress",
            "2026-11-16T12:00",
            [
                ("half", "11-17 10:12"),
                ("most", "11-17 13:55"),
                ("full", "11-17 16:24"),
                ("returned", "11-17 17:38"),
                ("at_risk", "11-19 14:54"),
                ("late", "11-19 18:00"),
                ("undated", "11-20 12:00"),
            ],
        ),
        ("pending_asker", "2026-11-16T12:00", [("reply_waited_for", "11-21 12:00")]),
        ("answered", "2026-11-16T12:00", [("close", "12-16 12:00")]),
        ("redirected", "2026-11-16T12:00", [("close", "12-16 12:00")]),
        ("closed", "2026-11-16T12:00", [("erase", "02-14 12:00")]),
        ("withdrawn", "2026-11-16T12:00", []),
    ],
)
def test_the_ladder_of_each_stage(status, entered, rungs):
    assert ladder(status, entered=entered) == rungs


def test_a_weekend_lies_between_the_rungs_of_a_stage_entered_on_friday():
    assert ladder("open", entered="2026-11-20T16:00", asked="2026-11-20T15:00") == [
        ("half", "11-23 10:42"),
        ("most", "11-23 12:19"),
        ("full", "11-23 13:24"),
        ("at_risk", "11-25 15:18"),
        ("late", "11-25 18:00"),
        ("undated", "11-26 12:00"),
    ]


def test_the_rungs_of_a_red_question_come_within_its_hour():
    assert ladder("new", entered="2026-11-16T11:00", level="red")[:3] == [
        ("half", "11-16 11:30"),
        ("most", "11-16 11:48"),
        ("full", "11-16 12:00"),
    ]


def test_the_rungs_of_the_week_in_which_the_clocks_go_back_keep_the_wall_clock():
    # Thursday 22 October, 13:00 in summer time; promised for Tuesday at 18:00 in winter time: 29 working hours.
    assert ladder("new", entered="2026-10-22T12:00", asked="2026-10-22T12:00")[-3:] == [
        ("at_risk", "10-27 15:06"),
        ("late", "10-27 18:00"),
        ("undated", "10-28 12:00"),
    ]


def test_a_pause_moves_the_risk_as_it_moved_the_due_moment():
    paused = {"entered": "2026-11-16T12:00", "due": "2026-11-20T14:00"}
    assert ladder("in_progress", **paused)[-3:-1] == [("at_risk", "11-20 10:54"), ("late", "11-20 14:00")]


PROMISE_ALONE = set(states.PROMISE_RUNGS)


@pytest.mark.parametrize(
    ("reached", "redated", "left"),
    [
        ("", None, ["at_risk", "late", "undated"]),
        ("at_risk", None, ["late", "undated"]),
        ("late", None, ["undated"]),
        ("undated", None, []),
        ("", "2026-11-23T18:00", ["at_risk_again", "again"]),
        ("at_risk", "2026-11-23T18:00", ["at_risk_again", "again"]),
        ("late", "2026-11-23T18:00", ["at_risk_again", "again"]),
        ("undated", "2026-11-23T18:00", ["at_risk_again", "again"]),
        ("at_risk_again", "2026-11-23T18:00", ["again"]),
        ("again", "2026-11-23T18:00", []),
    ],
)
def test_a_rung_of_the_promise_is_climbed_once_a_round(reached, redated, left):
    rungs = ladder("in_review", entered="2026-11-18T12:00", reached=reached, redated=redated)
    assert [kind for kind, _ in rungs if kind in PROMISE_ALONE] == left


def test_a_broken_promise_has_two_staffed_hours_to_get_its_new_date():
    assert ladder("in_review", entered="2026-11-18T12:00")[-1] == ("undated", "11-20 12:00")


def test_a_new_date_that_is_missed_too_rings_at_its_moment():
    redated = {"entered": "2026-11-18T12:00", "reached": "late", "redated": "2026-11-23T18:00"}
    assert ladder("in_review", **redated)[-1] == ("again", "11-23 18:00")


@pytest.mark.parametrize("reached", ["", "at_risk", "late", "undated"])
def test_supervisors_hear_before_a_moved_promise_is_missed_too(reached):
    # 31 + 16 staffed hours until Monday: 90 % of 47 are 42 h 18 min.
    moved = {"entered": "2026-11-18T12:00", "redated": "2026-11-23T18:00", "reached": reached}
    assert ladder("in_review", **moved)[-2:] == [("at_risk_again", "11-23 13:18"), ("again", "11-23 18:00")]


def test_a_promise_with_a_new_date_is_late_before_its_moment_too():
    moved = course("in_review", entered="2026-11-18T12:00", redated="2026-11-23T18:00")
    assert deadlines.lateness(CALENDAR, moved, now=at("2026-11-18T12:00")) == "late"


def test_the_hour_of_a_red_question_runs_while_somebody_is_on_call():
    saturday = course("new", entered="2026-11-21T12:00", asked="2026-11-21T12:00", level="red")
    on_call = replace(CALENDAR, on_call=((at("2026-11-21T13:00"), at("2026-11-22T13:00")),))
    rings = {
        who: [(rung.kind, f"{rung.at:%m-%d %H:%M}") for rung in deadlines.ladder(calendar, saturday)][:3]
        for who, calendar in (("nobody", CALENDAR), ("somebody", on_call))
    }
    assert rings == {
        "nobody": [("half", "11-23 10:30"), ("most", "11-23 10:48"), ("full", "11-23 11:00")],
        "somebody": [("half", "11-21 13:30"), ("most", "11-21 13:48"), ("full", "11-21 14:00")],
    }


def test_being_on_call_makes_no_budget_and_no_promise_longer():
    on_call = replace(CALENDAR, on_call=((at("2026-11-16T18:00"), at("2026-11-19T10:00")),))
    taken = course("in_progress", entered="2026-11-16T12:00", level="red")
    assert deadlines.ladder(on_call, taken) == deadlines.ladder(CALENDAR, taken)
    assert deadlines.promise(on_call, asked=at("2026-11-16T11:00")) == at("2026-11-19T18:00")


@pytest.mark.parametrize(
    ("now", "lateness"),
    [
        ("2026-11-16T11:00:00", "on_time"),
        ("2026-11-19T14:53:59", "on_time"),
        ("2026-11-19T14:54:01", "at_risk"),
        ("2026-11-19T17:59:59", "at_risk"),
        ("2026-11-19T18:00:00", "late"),
    ],
)
def test_lateness_is_read_off_the_clock_to_the_second(now, lateness):
    assert deadlines.lateness(CALENDAR, course("in_review", entered="2026-11-18T12:00"), now=at(now)) == lateness


@pytest.mark.parametrize("status", sorted(set(states.STATUSES) - states.PROMISED))
def test_nothing_is_late_where_the_promise_does_not_run(status):
    late = at("2027-01-01T00:00")
    assert deadlines.lateness(CALENDAR, course(status, entered="2026-11-16T12:00"), now=late) == "on_time"


@pytest.mark.parametrize(
    ("after", "kind", "rings"),
    [
        ("2026-11-16T11:00:00", "half", "2026-11-16T11:46:30"),
        ("2026-11-16T11:46:29", "half", "2026-11-16T11:46:30"),
        ("2026-11-16T11:46:30", "half", "2026-11-16T11:46:30"),
        ("2026-11-16T12:20:00", "most", "2026-11-16T12:20:00"),
        ("2026-11-16T13:00:00", "full", "2026-11-16T13:00:00"),
        ("2026-11-25T13:00:00", "at_risk", "2026-11-19T14:54:00"),
    ],
)
def test_of_the_rungs_that_were_missed_the_most_urgent_of_the_stage_or_the_promises_rings_at_once(after, kind, rings):
    rung = deadlines.next_alarm(CALENDAR, course("new", entered="2026-11-16T11:00"), after=at(after))
    assert (rung.kind, rung.at) == (kind, at(rings))


def test_a_missed_return_to_the_queue_is_a_reminder_first_and_comes_a_staffed_hour_later():
    raised, after = (
        course("in_progress", entered="2026-11-16T12:00", level="red", reached="undated"),
        at("2026-11-18T12:00"),
    )
    assert deadlines.next_alarm(CALENDAR, raised, after=after) == deadlines.Rung("full", after)
    rung = {"half", "most", "full"}
    returned = deadlines.next_alarm(CALENDAR, raised, after=at("2026-11-18T17:30"), rung=rung)
    assert returned == deadlines.Rung("returned", at("2026-11-19T10:30"))


@pytest.mark.django_db  # how long an answer is kept, a manager may have said
@pytest.mark.parametrize(
    ("status", "kind"), [("pending_asker", "reply_waited_for"), ("answered", "close"), ("closed", "erase")]
)
def test_a_move_of_the_clock_that_was_missed_is_made_at_once(status, kind):
    late = at("2027-03-01T12:00")
    rung = deadlines.next_alarm(CALENDAR, course(status, entered="2026-11-16T12:00"), after=late)
    assert rung == deadlines.Rung(kind, late)


def test_after_the_last_rung_there_is_no_alarm():
    ended = course("withdrawn", entered="2026-11-16T12:00")
    assert deadlines.next_alarm(CALENDAR, ended, after=at("2026-11-16T12:00")) is None
    without_a_stage = course("withdrawn", entered="2026-11-16T11:00", reached="late")
    assert deadlines.next_alarm(CALENDAR, without_a_stage, after=at("2026-11-20T12:00")) is None
