"""A broken promise gets one new date, and the asker is told of it."""

import math
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from advisors.drafting.models import Recusal
from advisors.signoff import redating
from askpeer import calendars, history, outbox, scheduling
from askpeer.errors import Refused, Stale
from askpeer.models import OpeningWindow, OutboxRow
from questions import ringing
from questions.intake import sentences
from questions.models import Question, Round
from tests.factories import make_question

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def due(calendar, now):
    """When a question asked now is due: Thursday at six."""
    return datetime(2026, 11, 19, 18, tzinfo=UTC)


def redate(questions, by, now, until=MONDAY):
    return redating.redate(questions=questions, until=until, by=by, now=now)


def test_several_get_one_date_and_their_askers_read_it(due, now, ruth):
    questions = [make_question(now=now), make_question(now=now, email="a@mail.example")]
    assert redate(questions, ruth, FRIDAY) == 2
    assert list(Round.objects.values_list("redated_at", "due_at", "promised_at")) == [(MONDAY, due, due)] * 2
    said = sentences.status_text(Question.objects.get(pk=questions[0].pk), now=FRIDAY, calendar=calendars.current())
    assert said.endswith("It'll be here by 6pm on Monday 23 November.")
    entry = history.of(questions[0].subject)[-1]
    assert (entry.kind, entry.actor, entry.facts) == (
        "redated",
        ruth.name,
        {
            "round": 1,
            "until": MONDAY.isoformat(),
            "why": "missed",
        },
    )


def test_an_asker_who_left_an_address_is_told_once_more(due, now, ruth):
    question = make_question(now=now, email="a@mail.example")
    make_question(now=now)
    redate([question], ruth, FRIDAY)
    assert list(OutboxRow.objects.values_list("kind", "key")) == [("late", f"redated:{question.pk}:1")]
    outbox.relay(now=FRIDAY)
    assert [message.subject for message in mail.outbox] == ["Something new for you"]


def test_what_is_in_quarantine_sends_no_mail(due, now, ruth):
    question = make_question(now=now, email="a@mail.example", quarantined=True)
    redate([question], ruth, FRIDAY)
    assert OutboxRow.objects.count() == 0


@pytest.mark.parametrize(("before", "late"), [(SECOND, False), (timedelta(), True)])
def test_a_question_is_late_at_its_due_moment_to_the_second(due, now, ruth, before, late):
    question, moment = make_question(now=now), due - before
    assert [item.question for item in redating.to_redate(ruth, now=moment)] == [question] * late
    if late:
        redate([question], ruth, moment)
    else:
        with pytest.raises(Refused, match="not late any more"):
            redate([question], ruth, moment)


@pytest.mark.parametrize("status", ["pending_asker", "answered", "redirected", "closed"])
def test_only_what_still_waits_for_us_is_late(due, now, ruth, status):
    question = make_question(now=now)
    Question.objects.update(status=status)
    question.status = status
    assert redating.to_redate(ruth, now=FRIDAY) == []
    with pytest.raises(Refused, match="not late any more"):
        redate([question], ruth, FRIDAY)


def test_there_is_one_new_date_a_round_and_a_refusal_changes_nothing(due, now, ruth, omar):
    first, second = make_question(now=now), make_question(now=now)
    read = Question.objects.get(pk=first.pk)
    redate([first], ruth, FRIDAY)
    with pytest.raises(Stale, match="has its new date already"):
        redate([second, read], omar, FRIDAY, until=MONDAY - timedelta(hours=1))
    assert set(Round.objects.values_list("question", "redated_at")) == {(first.pk, MONDAY), (second.pk, None)}


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        (FRIDAY, "Choose a moment that is still ahead."),
        (datetime(2026, 11, 23, 9, 59, 59, tzinfo=UTC), "Choose a moment while we are open."),
        (datetime(2026, 11, 21, 12, tzinfo=UTC), "Choose a moment while we are open."),
        (MONDAY + SECOND, "Choose a moment while we are open."),
        (datetime(2026, 12, 4, 18, 0, 1, tzinfo=UTC), "Choose a moment within the next 10 working days."),
    ],
)
def test_a_moment_that_cannot_be_promised_is_refused(due, now, ruth, until, sentence):
    question = make_question(now=now)
    with pytest.raises(Refused) as refused:
        redate([question], ruth, FRIDAY, until=until)
    assert (str(refused.value), Round.objects.get().redated_at) == (sentence, None)


@pytest.mark.parametrize(
    "until", [FRIDAY + SECOND, datetime(2026, 11, 23, 10, tzinfo=UTC), datetime(2026, 12, 4, 18, tzinfo=UTC)]
)
def test_from_the_next_second_to_closing_time_ten_working_days_on(due, now, ruth, until):
    assert redate([make_question(now=now)], ruth, FRIDAY, until=until) == 1


def test_a_day_that_was_closed_in_another_process_a_moment_ago_is_refused(calendar, due, now, ruth):
    question = make_question(now=now)
    version, plan = scheduling.present()
    shut = replace(plan, closures=((MONDAY.date(), MONDAY.date(), ""),))
    scheduling.save(shut, version=version, actor="person:tom", now=FRIDAY - SECOND)
    calendars._kept["calendar"] = (math.inf, calendar)  # this process goes on with what it read before
    with pytest.raises(Refused, match="Choose a moment while we are open"):
        redate([question], ruth, FRIDAY)
    assert Round.objects.get().redated_at is None


def test_who_asked_reads_the_reason_that_was_chosen_and_no_other_is_taken(due, now, ruth):
    question = make_question(now=now)
    with pytest.raises(Refused, match="Choose a reason from the list"):
        redating.redate(questions=[question], until=MONDAY, why="tired", by=ruth, now=FRIDAY)
    redating.redate(questions=[question], until=MONDAY, why="down", by=ruth, now=FRIDAY)
    said = sentences.status_text(Question.objects.get(), now=FRIDAY, calendar=calendars.current())
    assert said.startswith("We said 6pm on Thursday 19 November. Our site was down, so we can't keep that.")


def test_the_new_date_is_what_rings_next(due, now, ruth):
    question = make_question(now=now)
    ringing.ring_due(now=due)
    redate([Question.objects.get(pk=question.pk)], ruth, FRIDAY)
    ringing.ring_due(now=FRIDAY)
    row = Question.objects.get()
    assert (row.alarm_kind, row.alarm_at) == ("at_risk_again", datetime(2026, 11, 23, 13, 18, tzinfo=UTC))
    ringing.ring_due(now=row.alarm_at)
    row = Question.objects.get()
    assert (row.alarm_kind, row.alarm_at) == ("again", MONDAY)


def test_midnight_is_the_closing_time_of_the_evening_before(due, now, ruth):
    OpeningWindow.objects.update(closes=time(0))
    calendars.forget()
    midnight = calendars.current().closing_after(FRIDAY, 1)
    assert redate([make_question(now=now)], ruth, FRIDAY, until=midnight) == 1


def test_nothing_chosen_is_a_sentence(due, ruth):
    with pytest.raises(Refused, match="Choose at least one question"):
        redate([], ruth, FRIDAY)


def test_who_may_not_see_one_changes_none(due, now, ruth, advisor):
    mine, kept = make_question(now=now), make_question(now=now)
    Recusal.objects.create(question=kept, person=ruth, at=now)
    for by in (ruth, advisor):
        with pytest.raises(Refused):
            redate([mine, kept], by, FRIDAY)
    assert list(Round.objects.values_list("redated_at", flat=True)) == [None, None]
    assert [item.question for item in redating.to_redate(ruth, now=FRIDAY)] == [mine]


@pytest.mark.parametrize(("after", "missed"), [(-SECOND, False), (timedelta(), True)])
def test_what_missed_its_new_date_too_is_listed_apart(due, now, ruth, after, missed):
    question = make_question(now=now)
    redate([question], ruth, FRIDAY)
    found = redating.missed_twice(ruth, now=MONDAY + after)
    assert [(item.question, item.redated) for item in found] == [(question, "Mon 23 Nov, 18:00")] * missed
    assert redating.to_redate(ruth, now=MONDAY + after) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_whatever_is_late(due, now, ruth, count, django_assert_num_queries):
    for _ in range(count):
        make_question(now=now)
    Round.objects.update(redated_at=MONDAY)
    for _ in range(count):
        make_question(now=now)
    with django_assert_num_queries(2):
        assert len(redating.to_redate(ruth, now=MONDAY)) == count
        assert len(redating.missed_twice(ruth, now=MONDAY)) == count
