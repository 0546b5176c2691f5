"""A closure nobody knew of moves the promises that fall into it, once, and says why. Monday 16 November 2026, 11:00."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askpeer import calendars, history, scheduling
from askpeer.errors import Stale
from askpeer.hours import Calendar, NoOpeningHours
from askpeer.models import Closure, OutboxRow, ServiceCalendar
from questions import deadlines, moves, redating, ringing, states
from questions.intake import asking, replying, sentences
from questions.models import Question, Reminder, Round
from questions.moves import Actor
from questions.redating import Moved
from tests.factories import make_question

pytestmark = pytest.mark.django_db
WHY = Round.Why
THURSDAY, FRIDAY = date(2026, 11, 19), date(2026, 11, 20)


def at(text):
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def closed(calendar, *days):
    plan = scheduling.present()[1]
    return replace(plan, closures=tuple((day, day, "") for day in days)).calendar()


def said(question, now):
    row = Question.objects.get(pk=question.pk)
    return sentences.status_text(row, now=now, calendar=calendars.current())


def test_a_promise_on_a_closed_day_moves_to_the_closing_time_after_as_much_work(calendar, now):
    question = make_question(now=now, status="open")
    found = redating.effect(calendar, closed(calendar, THURSDAY), now=now)
    assert found == (1, 0, [Moved(question, at("19T18:00"), at("20T18:00"))], [])


def test_a_second_closed_day_and_the_weekend_are_passed_over(calendar, now):
    make_question(now=now, status="open")
    [moved] = redating.effect(calendar, closed(calendar, THURSDAY, FRIDAY), now=now).moved
    assert moved.until == at("23T18:00")


def test_a_closed_day_before_the_date_costs_time_and_keeps_the_promise(calendar, now):
    make_question(now=now, status="open")
    assert redating.effect(calendar, closed(calendar, date(2026, 11, 17)), now=now) == (1, 1, [], [])


def test_a_closure_after_every_date_touches_nothing(calendar, now):
    make_question(now=now, status="open")
    assert redating.effect(calendar, closed(calendar, date(2026, 11, 27)), now=now) == (1, 0, [], [])


@pytest.mark.parametrize("status", sorted({*states.STATUSES} - states.UNFINISHED - {"withdrawn"}))
def test_only_a_promise_that_runs_is_moved(calendar, now, status):
    make_question(now=now, status=status)
    assert redating.effect(calendar, closed(calendar, THURSDAY), now=now).running == 0


def test_what_is_late_already_is_not_this_closures(calendar, now):
    make_question(now=now, status="open")
    later = at("20T12:00")
    assert redating.effect(calendar, closed(calendar, date(2026, 11, 23)), now=later).running == 0


def test_an_hour_less_on_the_day_itself_keeps_the_promise(calendar, now):
    make_question(now=now, status="open")
    shorter = replace(calendar, weekly=dict.fromkeys(range(5), ((time(10), time(17)),)), _days={})
    assert redating.effect(calendar, shorter, now=now) == (1, 1, [], [])


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (WHY.CLOSED, "We said 6pm on Thursday 19 November. We have to be closed then, so we can't keep that."),
        (WHY.ILL, "We said 6pm on Thursday 19 November. Too many of us are ill to keep that."),
        (WHY.DOWN, "We said 6pm on Thursday 19 November. Our site was down, so we can't keep that."),
        (WHY.MISSED, "We said 6pm on Thursday 19 November. We missed it."),
    ],
)
def test_who_asked_reads_why_and_the_new_date_at_once(calendar, now, why, words):
    question = make_question(now=now, status="open")
    found = redating.effect(calendar, closed(calendar, THURSDAY), now=now)
    assert len(redating.redate_all(found.moved, why=why, by="person:tom", now=now)) == 1
    rest = "That's our fault, not yours, and your question isn't lost. It'll be here by 6pm on Friday 20 November."
    assert said(question, now) == f"{words} {rest}"


def test_a_promise_that_was_given_after_the_closure_was_saved_is_found_too(calendar, now):
    question = make_question(now=now, status="open")
    make_question(now=at("17T11:00"), status="open")
    shut = closed(calendar, THURSDAY)
    assert redating.stranded(calendar, now=now) == []
    assert redating.stranded(shut, now=now) == [Moved(question, at("19T18:00"), at("20T18:00"))]
    redating.redate_all(redating.stranded(shut, now=now), why=WHY.CLOSED, by="person:tom", now=now)
    assert redating.stranded(shut, now=now) == []


def test_what_was_shown_before_the_closure_and_asked_after_it_says_so_at_once(calendar, now):
    asked = asking.ask(text="help", age_band="13-15", promised_at=at("19T18:00"), now=now).question
    assert (asked.round.redated_at, asked.alarm_kind) == (None, "half")
    row = ServiceCalendar.objects.get()
    Closure.objects.create(calendar=row, first_day=THURSDAY, last_day=THURSDAY)
    later = asking.ask(text="help", age_band="13-15", promised_at=at("19T18:00"), now=now).question
    turn = later.rounds.get()
    assert (turn.promised_at, turn.due_at, turn.redated_at) == (at("19T18:00"), at("19T18:00"), at("20T18:00"))
    assert said(later, now).startswith("We said 6pm on Thursday 19 November. We have to be closed then")


@pytest.mark.parametrize(
    ("began", "replied", "dates"),
    [
        ("18T10:00", "23T11:00", ("19T18:00", "26T11:00")),  # 25 staffed hours waited before the new date
        ("18T10:00", "18T10:00", ("19T18:00", "20T18:00")),
        ("23T10:00", "23T12:00", ("19T18:00", "20T18:00")),  # missed before it began: what was said stays
    ],
)
def test_a_pause_moves_the_date_that_stood_when_it_began(calendar, now, began, replied, dates):
    question = make_question(now=now, status="open")
    redating.redate(Question.objects.get(), until=at("20T18:00"), why=WHY.CLOSED, by="person:tom", now=now)
    Question.objects.update(status="pending_asker", entered_at=at(began))
    moves.move(Question.objects.get(), "in_progress", by=moves.ASKER, now=at(replied))
    turn = Round.objects.get(question=question)
    assert (turn.due_at, turn.redated_at) == tuple(map(at, dates))


def test_a_promise_that_was_broken_before_the_pause_still_says_its_own_date(calendar, now):
    question = make_question(now=now, status="open")
    Question.objects.update(status="pending_asker", entered_at=at("20T10:00"))
    moves.move(Question.objects.get(), "in_progress", by=moves.ASKER, now=at("20T16:00"))
    assert Round.objects.get().due_at == at("19T18:00")
    assert said(question, at("20T16:00")).startswith("We said 6pm on Thursday 19 November. We missed it.")


def test_who_was_claimed_meanwhile_moves_too(calendar, now):
    question = make_question(now=now, status="open")
    found = redating.effect(calendar, closed(calendar, THURSDAY), now=now)
    Question.objects.filter(pk=question.pk).update(version=2, status="in_progress")
    assert len(redating.redate_all(found.moved, why=WHY.CLOSED, by="person:tom", now=now)) == 1
    assert Round.objects.get().redated_at == at("20T18:00")


def test_the_rest_of_the_due_day_closed_is_a_closed_day(calendar, now):
    make_question(now=now, status="open")
    thursday = replace(calendar, weekly={**calendar.weekly, 3: ((time(10), time(11)),)}, _days={})
    assert redating.effect(calendar, thursday, now=at("19T10:30")) == (1, 1, [], [])
    [moved] = redating.effect(calendar, thursday, now=at("19T11:30")).moved
    assert moved.until == at("20T18:00")


def test_on_a_closed_day_nobody_means_to_keep_it(calendar, now):
    question = make_question(now=now, status="open")
    Closure.objects.create(calendar=ServiceCalendar.objects.get(), first_day=THURSDAY, last_day=THURSDAY)
    calendars.forget()
    assert said(question, at("19T12:00")).endswith("Your answer is still due by 6pm on Thursday 19 November.")


def test_it_counts_as_late_is_written_down_and_told(calendar, now):
    question = make_question(now=now, status="open", email="a@mail.example")
    found = redating.effect(calendar, closed(calendar, THURSDAY), now=now)
    redating.redate_all(found.moved, why=WHY.ILL, by="person:tom", now=now)
    turn = Round.objects.get()
    assert (turn.promised_at, turn.due_at, turn.redated_at) == (at("19T18:00"), at("19T18:00"), at("20T18:00"))
    row = Question.objects.get()
    assert deadlines.lateness(calendar, moves.course(row, row.round), now=now) == "late"
    entry = history.of(question.subject)[-1]
    assert (entry.kind, entry.facts) == ("redated", {"round": 1, "until": at("20T18:00").isoformat(), "why": "ill"})
    assert list(OutboxRow.objects.values_list("key", flat=True)) == [f"redated:{question.pk}:1"]


def test_quarantined_words_send_no_mail(calendar, now):
    make_question(now=now, status="new", email="a@mail.example", quarantined=True)
    found = redating.effect(calendar, closed(calendar, THURSDAY), now=now)
    redating.redate_all(found.moved, why=WHY.ILL, by="person:tom", now=now)
    assert (Round.objects.get().redated_at, OutboxRow.objects.count()) == (at("20T18:00"), 0)


def test_there_is_no_second_new_date(calendar, now):
    question = make_question(now=now, status="open")
    row = Moved(question, at("19T18:00"), at("20T18:00"))
    redating.redate_all([row], why=WHY.CLOSED, by="person:tom", now=now)
    found = redating.effect(calendar, closed(calendar, FRIDAY), now=now)
    assert (found.moved, found.twice) == ([], [Moved(question, at("20T18:00"), at("23T18:00"))])
    with pytest.raises(Stale, match="gets no second one"):
        redating.redate(Question.objects.get(), until=at("24T18:00"), why=WHY.CLOSED, by="person:tom", now=now)


def test_what_was_answered_meanwhile_keeps_its_date(calendar, now):
    question = make_question(now=now, status="open")
    found = redating.effect(calendar, closed(calendar, THURSDAY), now=now)
    Question.objects.filter(pk=question.pk).update(version=9, status="answered")
    assert len(redating.redate_all(found.moved, why=WHY.CLOSED, by="person:tom", now=now)) == 0
    assert Round.objects.get().redated_at is None


def test_the_new_date_rings_when_it_is_missed_too_and_who_asked_reads_of_both(calendar, now):
    question = make_question(now=now, status="in_review", email="a@mail.example")
    ringing.ring_due(now=at("19T18:00"))
    redating.redate(Question.objects.get(), until=at("20T18:00"), why=WHY.MISSED, by="person:tom", now=at("19T18:00"))
    ringing.ring_due(now=at("20T18:00"))
    assert list(Reminder.objects.filter(stage=0).order_by("pk").values_list("kind", "superseded")) == [
        ("at_risk", True),
        ("late", False),
        ("at_risk_again", True),
        ("again", False),
    ]
    keys = [f"{kind}:{question.pk}:1" for kind in ("late", "redated", "again")]
    assert list(OutboxRow.objects.order_by("pk").values_list("key", flat=True)) == keys
    assert said(question, at("20T18:00")) == (
        "We said 6pm on Thursday 19 November, and then 6pm on Friday 20 November. We missed both. That's our fault, "
        "not yours, and your question isn't lost. One of our experts takes it over now."
    )


def ring_until(end):
    """Let the sweep ring each alarm at its moment."""
    while (due := Question.objects.get().alarm_at) and due <= end:
        ringing.ring_due(now=due)


@pytest.mark.parametrize("status", ["open", "in_review", "changes_requested"])
@pytest.mark.parametrize(("moment", "why"), [("19T18:00", WHY.MISSED), ("19T16:00", WHY.CLOSED), ("16T12:00", WHY.ILL)])
def test_supervisors_hear_once_before_the_new_date_whatever_they_heard_of_the_first(calendar, now, status, moment, why):
    make_question(now=now, status=status)
    ring_until(at(moment))
    redating.redate(Question.objects.get(), until=at("24T18:00"), why=why, by="person:tom", now=at(moment))
    ring_until(at("30T18:00"))
    heard = Reminder.objects.filter(stage=0, superseded=False, due_at__gt=at(moment)).order_by("pk")
    # 31 + 24 staffed hours until Tuesday: the last tenth of 55 is 5 h 30 min.
    assert list(heard.values_list("kind", "due_at")) == [
        ("at_risk_again", at("24T12:30")),
        ("again", at("24T18:00")),
    ]


def test_nobody_setting_a_date_within_two_staffed_hours_rings_once_more(calendar, now):
    make_question(now=now, status="in_review")
    ringing.ring_due(now=at("19T18:00"))
    ringing.ring_due(now=at("20T11:59"))
    assert Round.objects.get().reached == "late"
    ringing.ring_due(now=at("20T12:00"))
    assert (Round.objects.get().reached, Reminder.objects.get(kind="undated").superseded) == ("undated", False)


windows = st.lists(
    st.sampled_from([(time(9), time(12)), (time(13), time(17)), (time(18), time(0))]), max_size=3, unique=True
)
weeks = st.fixed_dictionaries({day: windows.map(tuple) for day in range(7)})


@given(weeks, weeks, st.sets(st.integers(0, 20), max_size=9), st.integers(0, 40_000))
def test_whatever_the_change_the_new_date_is_staffed_later_and_leaves_as_much_time(old, new, shut, minutes):
    now = at("16T11:00")
    zone = calendars.build("Europe/London", "", "", [(0, time(9), time(17))], []).zone
    spans = tuple((at("10T00:00") + timedelta(days=day), at("11T00:00") + timedelta(days=day)) for day in shut)
    before, after = Calendar(zone, old), Calendar(zone, new, closures=spans)
    standing = now + timedelta(minutes=minutes)
    try:
        until = redating._until(before, after, standing, now)
    except NoOpeningHours:
        assert not any(new.values()) or not any(old.values())
        return
    left = before.staffed(now, standing)
    assert after.staffed(now, until) >= left
    assert after.on_day(after.local(until - timedelta(seconds=1)).date())[-1][1] == until


def test_what_is_claimed_after_a_closure_has_time_to_be_written(calendar, now):
    question = make_question(now=at("16T17:50"), status="open")
    Closure.objects.create(calendar=ServiceCalendar.objects.get(), first_day=date(2026, 11, 17), last_day=THURSDAY)
    calendars.forget()
    moved = redating.stranded(calendars.current(), now=at("16T17:55"))
    redating.redate_all(moved, why=WHY.CLOSED, by="person:tom", now=at("16T17:55"))
    question = Question.objects.get()
    assert (question.round.due_at, question.round.redated_at) == (at("19T18:00"), at("20T18:00"))
    moves.move(question, states.IN_PROGRESS, by=Actor(states.ADVISOR, "person:a"), now=at("20T10:00"))
    for minute in range(60):
        ringing.ring_due(now=at("20T10:00") + timedelta(minutes=minute))
    assert Question.objects.get().status == "in_progress"


@pytest.mark.parametrize("heard", ["a reply", "nothing"])
def test_whose_date_moved_while_we_waited_for_them_is_told_when_the_wait_is_over(calendar, now, heard):
    question = make_question(now=now, status="in_review", email="a@example.org")
    moves.move(question, states.PENDING_ASKER, by=Actor(states.SUPERVISOR, "person:s"), now=at("17T11:00"))
    redating.redate(question, until=at("23T18:00"), why=WHY.CLOSED, by="person:a", now=at("17T12:00"))
    assert not OutboxRow.objects.filter(kind="late").exists()
    if heard == "nothing":
        ringing.ring_due(now=at("22T11:00"))
    else:
        replying.reply(question=question, text="Yes.", now=at("17T13:00"))
    assert Question.objects.get().status == "in_progress"
    assert [row.key for row in OutboxRow.objects.filter(kind="late")] == [f"redated:{question.pk}:1"]
