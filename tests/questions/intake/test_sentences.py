from datetime import UTC, datetime, timedelta

import pytest

from questions import moves, states
from questions.intake import sentences
from questions.models import Question
from tests.factories import make_question

pytestmark = pytest.mark.django_db
D = "6pm on Thursday 19 November"
SENTENCES = {
    "new": f"We've got your question. We promised you an answer by {D}.",
    "open": f"We've read your question. Next, an advisor picks it up. Your answer is still due by {D}.",
    "in_progress": f"An advisor is writing to you. Your answer is still due by {D}.",
    "pending_asker": "We need to ask you one thing. No rush. If we don't hear by 11am on Saturday 21 November, "
    "we'll write with what we know.",
    "in_review": f"Your answer is written. Someone trained to keep young people safe is checking it. It's due by {D}.",
    "changes_requested": f"Your answer is nearly ready. We're making it better before you see it. It's due by {D}.",
    "answered": "Your answer is here.",
    "redirected": "This matters, and you deserve someone who knows more than us. "
    "Here's who, and what happens when you get in touch.",
    "closed": "This question is closed. You can still read your answer until Sunday 14 February, or erase it now.",
    "withdrawn": "Your question has been erased. We can't get it back. You can always ask a new one.",
}


@pytest.mark.parametrize("status", states.STATUSES)
def test_each_status_has_its_sentence(calendar, now, status):
    question = make_question(now=now)
    question.status = status
    assert sentences.status_text(question, now=now, calendar=calendar) == SENTENCES[status]


def test_from_nine_tenths_of_the_promise_on_the_sentence_says_that_it_is_soon(calendar, now):
    question = make_question(now=now)
    soon = " That is soon. We still mean to keep it. If we can't, we say so here, with a new date."
    moments = [datetime(2026, 11, 19, hour, minute, tzinfo=UTC) for hour, minute in ((14, 53), (14, 54), (17, 59))]
    said = [sentences.status_text(question, now=at, calendar=calendar) for at in moments]
    assert said == [SENTENCES["new"], SENTENCES["new"] + soon, SENTENCES["new"] + soon]


def test_a_broken_promise_is_owned_up_to_and_dated_anew(calendar, now):
    question, late = make_question(now=now), datetime(2026, 11, 19, 18, tzinfo=UTC)
    sorry = f"We said {D}. We missed it. That's our fault, not yours, and your question isn't lost. "
    text = sentences.status_text(question, now=late, calendar=calendar)
    assert text == sorry + "Look here again soon for a new date."
    question.round.redated_at = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    text = sentences.status_text(question, now=late, calendar=calendar)
    assert text == sorry + "It'll be here by 12:30pm on Friday 20 November."


def test_a_pause_moves_the_moment_that_the_asker_reads(calendar, now):
    question = make_question(now=now)
    for to, role in (("open", "supervisor"), ("in_progress", "advisor"), ("in_review", "advisor")):
        moves.move(question, to, by=moves.Actor(role, "person:x"), now=now)
    moves.move(question, "pending_asker", by=moves.Actor("supervisor", "person:y"), now=now)
    moves.move(question, "in_progress", by=moves.ASKER, now=now + timedelta(hours=2))
    text = sentences.status_text(Question.objects.get(), now=now, calendar=calendar)
    assert text == "An advisor is writing to you. Your answer is still due by 12pm on Friday 20 November.".replace(
        "12pm", "midday"
    )


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        (datetime(2026, 7, 1, 17, tzinfo=UTC), "6pm on Wednesday 1 July"),
        (datetime(2026, 7, 1, 8, 5, tzinfo=UTC), "9:05am on Wednesday 1 July"),
        (datetime(2026, 12, 1, 12, tzinfo=UTC), "midday on Tuesday 1 December"),
        (datetime(2026, 12, 2, 0, tzinfo=UTC), "midnight on Tuesday 1 December"),
        (datetime(2026, 12, 2, 0, 30, tzinfo=UTC), "12:30am on Wednesday 2 December"),
    ],
)
def test_moments_are_said_on_the_calendars_clock(calendar, utc, said):
    assert sentences.moment(utc) == said


def test_the_coming_days_are_said_shortly(calendar):
    monday = datetime(2026, 11, 23, 10, tzinfo=UTC)
    days = [sentences.soon(monday, now=monday - timedelta(days=6) + timedelta(seconds=second)) for second in (0, 1)]
    assert days == ["10am on Monday 23 November", "10am Monday"]
