"""Alarms follow a changed calendar; promises do not. Asked on Monday 16 November 2026 at 11:00."""

import math
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from askpeer import calendars, scheduling
from askpeer.models import OpeningWindow, ServiceCalendar
from questions import deadlines, moves, reckoning, states, sweeping
from questions.intake import asking, following, replying
from questions.intake.models import OnCall
from questions.models import Question, Reminder, Round
from tests.factories import PersonFactory, SupervisorFactory, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SUPERVISOR = moves.Actor(states.SUPERVISOR, "person:ruth")


def at(text):
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def alarm(question):
    row = Question.objects.get(pk=question.pk)
    return row.alarm_kind, row.alarm_at


@pytest.fixture
def shut(calendar, now):
    """Closes a day, unplanned, and leaves the dates that fall on it."""

    def close(day, moment=now):
        version, plan = scheduling.present()
        closed = (*plan.closures, (day, day, ""))
        scheduling.save(replace(plan, closures=closed), version=version, actor="person:tom", now=moment)
        calendars.forget()

    return close


def test_a_minute_after_the_change_every_alarm_is_set_by_the_new_hours(shut, now):
    question = make_question(now=now, status="open")
    assert alarm(question) == ("half", at("16T14:06"))
    shut(date(2026, 11, 16))
    assert reckoning.reckon_due(now=now + MINUTE - timedelta(seconds=1)) == 0
    assert reckoning.reckon_due(now=now + MINUTE) == 1
    # 24 staffed hours are left of 31: a fifth of them is the stage's, and half of that is 2 h 24 min.
    assert alarm(question) == ("half", at("17T12:24"))
    assert Round.objects.get().promised_at == at("19T18:00")
    assert reckoning.reckon_due(now=now + HOUR) == 0


def test_hours_that_stay_the_same_move_no_alarm(shut, now):
    questions = [make_question(now=now, status=status) for status in ("new", "open", "in_progress", "in_review")]
    sweeping.ring(now=now + 5 * HOUR)
    before = [alarm(question) for question in questions]
    shut(date(2027, 6, 1))
    assert reckoning.reckon_due(now=now + 5 * HOUR) == 4
    assert [alarm(question) for question in questions] == before


def test_a_rung_that_was_rung_is_not_rung_again(shut, now):
    make_question(now=now, status="open")
    sweeping.ring(now=at("16T14:10"))
    shut(date(2026, 11, 18))
    sweeping.ring(now=at("16T14:20"))
    assert list(Reminder.objects.values_list("kind", flat=True)) == ["half"]


def test_a_rung_that_the_change_makes_due_rings_at_once(shut, now):
    question = make_question(now=now, status="open")
    shut(date(2026, 11, 18))
    shut(date(2026, 11, 19))
    sweeping.ring(now=at("16T14:00"))
    # 15 staffed hours are left: a fifth is 3 hours, and all of it has passed.
    assert list(Reminder.objects.values_list("kind", "superseded")) == [("full", False)]
    assert alarm(question)[0] == "at_risk"


def test_what_is_due_already_is_left_for_the_ringing(shut, now):
    question = make_question(now=now, status="open")
    due = alarm(question)
    shut(date(2026, 11, 18))
    reckoning.reckon_due(now=at("16T14:30"))
    assert alarm(question) == due


def test_a_second_change_during_the_reckoning_is_reckoned_too(shut, now):
    make_question(now=now, status="open")
    shut(date(2026, 11, 18))
    calendars.reckon_later(now=now + HOUR)
    assert (reckoning.reckon_due(now=now + HOUR), reckoning.reckon_due(now=now + HOUR + MINUTE)) == (0, 1)


def test_all_are_reckoned_however_many_and_what_is_answered_is_left(shut, now, monkeypatch):
    monkeypatch.setattr(reckoning, "BATCH", 3)
    for _ in range(7):
        make_question(now=now, status="open")
    make_question(now=now, status="answered")
    shut(date(2026, 11, 18))
    assert reckoning.reckon_due(now=now + MINUTE) == 7


def test_without_hours_it_waits_for_some(shut, now, caplog):
    make_question(now=now, status="open")
    shut(date(2026, 11, 18))
    OpeningWindow.objects.all().delete()
    assert reckoning.reckon_due(now=now + MINUTE) == 0
    assert ServiceCalendar.objects.get().reckon_at == now + MINUTE
    assert caplog.messages == ["no staffed hour ahead"]
    OpeningWindow.objects.create(calendar=ServiceCalendar.objects.get(), weekday=0, opens=time(9), closes=time(17))
    assert reckoning.reckon_due(now=now + MINUTE) == 1


def test_a_red_question_rings_within_the_hour_of_who_comes_on_call(calendar, now):
    saturday = at("21T12:00")
    question = make_question(now=saturday, level="red")
    assert alarm(question) == ("half", at("23T10:30"))
    OnCall.objects.create(person=SupervisorFactory(), starts_at=at("21T13:00"), ends_at=at("22T13:00"))
    calendars.reckon_later(now=saturday)
    reckoning.reckon_due(now=saturday + MINUTE)
    assert alarm(question) == ("half", at("21T13:30"))


def test_hours_that_were_worked_stay_worked(calendar, now):
    """Claimed on Friday at 16:30; on Monday weekends are opened from now on, and the last one was not worked for it."""
    friday, monday = at("20T16:30"), at("23T10:31")
    question = make_question(now=friday, status="in_progress", holder=PersonFactory())
    version, plan = scheduling.present()
    weekend = tuple((day, time(9), time(21)) for day in (5, 6))
    scheduling.save(replace(plan, windows=(*plan.windows, *weekend)), version=version, actor="person:tom", now=monday)
    calendars.forget()
    assert calendars.current().staffed(friday, monday) == timedelta(hours=2, minutes=1)
    reckoning.reckon_due(now=monday + MINUTE)
    sweeping.ring(now=monday + 15 * MINUTE)
    assert Question.objects.get(pk=question.pk).status == "in_progress"


def test_a_claim_whose_budget_shrank_hears_a_word_and_goes_back_a_staffed_hour_later(shut, now):
    """On Tuesday at noon it was worked on for 9 hours, of 12.4; with two days closed there are 6."""
    question = make_question(now=now, status="in_progress", holder=PersonFactory())
    sweeping.ring(now=at("16T17:12"))
    moment = at("17T12:00")
    for day in (18, 19):
        shut(date(2026, 11, day), moment - MINUTE)
    for minutes in (0, 20, 59):
        sweeping.ring(now=moment + minutes * MINUTE)
    assert Question.objects.get(pk=question.pk).status == "in_progress"
    assert dict(Reminder.objects.values_list("kind", "superseded")) == {"half": False, "full": False}
    sweeping.ring(now=moment + HOUR)
    assert Question.objects.get(pk=question.pk).status == "open"


@contextmanager
def unaware(calendar):
    """Inside, this is a process that read the hours as they were before, and goes on with them for 30 seconds."""
    calendars._kept["calendar"] = (math.inf, calendar)
    yield
    calendars.forget()


def ask(now):
    """A question that is promised an answer for Thursday 19 November at 18:00."""
    return asking.ask(text="help", age_band="13-15", now=now).question


def dates(*questions):
    """The date that was given and the new one, of each."""
    kept = {turn.question_id: turn for turn in Round.objects.order_by("number")}
    return [(kept[question.pk].due_at, kept[question.pk].redated_at) for question in questions]


THURSDAY, FRIDAY = date(2026, 11, 19), date(2026, 11, 20)
STAYS, MOVED = (at("19T18:00"), None), (at("19T18:00"), at("20T18:00"))


def test_whoever_was_promised_a_closed_day_by_a_process_that_did_not_know_gets_a_new_date(calendar, shut, now):
    early = ask(now - HOUR)
    shut(THURSDAY)
    with unaware(calendar):
        late = ask(now + 20 * SECOND)
    reckoning.reckon_due(now=now + MINUTE)
    assert dates(early, late) == [STAYS, MOVED]


def test_two_changes_within_a_minute_lose_nobody_who_was_promised_the_first_ones_day(calendar, shut, now):
    shut(THURSDAY)
    with unaware(calendar):
        late = ask(now + 10 * SECOND)
    shut(date(2026, 12, 24), now + 45 * SECOND)
    assert reckoning.reckon_due(now=now + MINUTE) == 0
    reckoning.reckon_due(now=now + 105 * SECOND)
    assert dates(late) == [MOVED]


def test_who_asked_a_moment_before_the_change_and_was_written_down_after_it_gets_a_new_date(calendar, shut, now):
    shut(THURSDAY)
    with unaware(calendar):
        late = ask(now - 30 * SECOND)
    reckoning.reckon_due(now=now + MINUTE)
    assert dates(late) == [MOVED]


def test_a_follow_up_that_a_process_that_did_not_know_took_gets_a_new_date(calendar, shut, now):
    question = make_question(now=at("09T11:00"), status="answered")
    shut(THURSDAY)
    with unaware(calendar):
        following.follow_up(question=question, text="and then?", now=now + 10 * SECOND)
    reckoning.reckon_due(now=now + MINUTE)
    assert dates(question) == [MOVED]


@pytest.mark.parametrize("later", [[], ["open", "in_progress"]])
def test_a_pause_that_such_a_process_ended_gives_no_closed_day(calendar, shut, now, later):
    """Asked and paused on Wednesday at 11:00, due on Monday at 18:00: 24 staffed hours later that is Thursday 18:00."""
    question = make_question(now=at("11T11:00"), status="pending_asker")
    shut(THURSDAY)
    with unaware(calendar):
        replying.reply(question=question, text="yes", now=now + 10 * SECOND)
    for status in later:
        moves.move(question, status, by=SUPERVISOR, now=now + 20 * SECOND)
    reckoning.reckon_due(now=now + MINUTE)
    assert dates(question) == [MOVED]


def test_who_asked_in_the_minute_before_keeps_the_date_that_a_manager_saw_and_left(shut, now):
    question = ask(now - 30 * SECOND)
    shut(THURSDAY)
    reckoning.reckon_due(now=now + MINUTE)
    assert dates(question) == [STAYS]


def test_who_asked_between_two_changes_keeps_the_date_that_the_second_one_left(calendar, shut, now):
    shut(date(2026, 12, 24))
    with unaware(calendar):
        question = ask(now + 10 * SECOND)
    shut(THURSDAY, now + 45 * SECOND)
    reckoning.reckon_due(now=now + 105 * SECOND)
    assert dates(question) == [STAYS]


def test_a_date_that_was_left_stays_whatever_is_done_with_its_question_meanwhile(shut, now):
    claimed, replied = make_question(now=now - HOUR, status="open"), make_question(now=now, status="pending_asker")
    waited = make_question(now=at("11T11:00"), status="pending_asker")
    replying.reply(question=waited, text="yes", now=now - HOUR)
    before = dates(waited)
    shut(THURSDAY)
    moves.move(claimed, "in_progress", by=SUPERVISOR, now=now + 10 * SECOND)
    # A reply at once moves no date, and this wait was over before the day was closed.
    replying.reply(question=replied, text="yes", now=now + 10 * SECOND)
    moves.move(waited, "open", by=SUPERVISOR, now=now + 10 * SECOND)
    reckoning.reckon_due(now=now + MINUTE)
    assert dates(claimed, replied, waited) == [STAYS, STAYS, *before]
    assert deadlines.is_on_closed_day(calendars.current(), before[0][0], now=now)


def test_the_first_change_that_is_not_reckoned_is_remembered_until_all_are(shut, now):
    def pending():
        return ServiceCalendar.objects.values_list("reckon_since", "reckon_at").get()

    shut(THURSDAY)
    shut(FRIDAY, now + 45 * SECOND)
    assert pending() == (now, now + 105 * SECOND)
    with before("UPDATE", "askpeer_servicecalendar", lambda: shut(date(2026, 12, 24), now + 2 * MINUTE)):
        reckoning.reckon_due(now=now + 2 * MINUTE)
    assert pending() == (now, now + 3 * MINUTE)
    reckoning.reckon_due(now=now + 3 * MINUTE)
    assert pending() == (None, None)
    shut(date(2026, 12, 31), now + HOUR)
    assert pending() == (now + HOUR, now + HOUR + MINUTE)
