"""Questions as triage leaves them, and a signed-in advisor."""

import json
from datetime import timedelta

import pytest

from advisors import roles
from advisors.drafting import claiming
from questions import moves, states
from questions.models import Message
from tests.factories import SupervisorFactory, keep_on_duty, make_question

TEXT = "I moved to a new school in May and I eat lunch alone. My mum says give it time."


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def supervisor(db):
    """On duty, so that advisors may take what waits."""
    return keep_on_duty(SupervisorFactory(alias="Ruth"))


@pytest.fixture
def triaged(calendar, now, supervisor):
    """Make an open question: triaged ten minutes ago, its opening message passed."""

    def make(*, text=TEXT, cards=(), timeline=(), summary="New school, eats alone.", **values):
        question = make_question(text=text, now=now - timedelta(minutes=20), **values)
        message = Message.objects.get(round__question=question)
        message.round.question = question
        message.passed_at = now - timedelta(minutes=10)
        if cards or timeline:
            message.extras = json.dumps({"cards": list(cards), "timeline": list(timeline)})
        message.save()
        question.summary = summary
        question.save(update_fields=["summary"])
        moves.move(question, states.OPEN, by=roles.supervisor(supervisor), now=now - timedelta(minutes=10))
        return question

    return make


@pytest.fixture
def held(triaged, advisor, now):
    """A question that the advisor claimed just now."""
    question = triaged()
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    return question


@pytest.fixture
def desk(client, advisor, clock, calendar):
    """The test client, signed in as the advisor at eleven on Monday, its first page behind it."""
    client.force_login(advisor)
    client.get("/desk/")
    return client
