"""What staff read of a promise: time left, late since, or with a new date. Promised for Thursday 19 November, 18:00."""

from datetime import UTC, datetime

import pytest

from advisors.drafting import timing
from questions import redating
from questions.models import Question, Round
from tests.factories import make_question

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("16T11:00", ("31 staffed hours left", "on_time", "due Thu 19 Nov, 18:00")),
        ("19T17:30", ("30 minutes left", "at_risk", "due Thu 19 Nov, 18:00")),
        ("19T18:00", ("since Thu 19 Nov, 18:00", "late", "was due Thu 19 Nov, 18:00")),
        ("20T12:00", ("by 2 staffed hours", "late", "was due Thu 19 Nov, 18:00")),
    ],
)
def test_a_promise_that_stands(calendar, now, moment, left):
    make_question(now=now, status="open")
    assert timing.left(Question.objects.get(), now=at(moment)) == left


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("16T11:00", ("39 staffed hours left", "on_time", "due Fri 20 Nov, 18:00")),
        ("19T18:00", ("with 8 staffed hours left to its new date", "late", "new date Fri 20 Nov, 18:00")),
        ("20T17:00", ("with 1 staffed hour left to its new date", "late", "new date Fri 20 Nov, 18:00")),
        ("20T18:00", ("by 8 staffed hours", "late", "was due Thu 19 Nov, 18:00")),
    ],
)
def test_a_promise_that_was_moved_ahead_runs_to_its_new_date_and_is_late_from_its_first_one_on(
    calendar, now, moment, left
):
    make_question(now=now, status="open")
    why = Round.Why.CLOSED
    redating.redate(Question.objects.get(), until=at("20T18:00"), why=why, by="person:tom", now=now)
    assert timing.left(Question.objects.get(), now=at(moment)) == left
