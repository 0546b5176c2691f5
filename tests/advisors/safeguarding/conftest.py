"""Those who keep people safe, and a question with its case."""

import pytest
import time_machine

from advisors.drafting import claiming
from advisors.safeguarding import recording
from advisors.signoff import triaging
from tests.advisors.signoff.conftest import signed_in
from tests.factories import (
    ManagerFactory,
    TrusteeFactory,
    make_question,
)

__all__ = ["signed_in"]

SAID = "He said he would come back tonight."
ENTRY = {
    "words": "He has a key.",
    "nature": "fact",
    "level": "amber",
    "decision": "Look again tomorrow.",
    "ground": "nothing_shared",
    "told": "",
    "next_check_at": None,
}


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def noon(now):
    with time_machine.travel(now, tick=False) as travelling:
        yield travelling


@pytest.fixture
def question(calendar, now):
    return make_question(text=SAID, now=now, email="kim@example.org")


@pytest.fixture
def about_staff(calendar, now):
    return make_question(text="Ruth shouted at me.", now=now, about_staff=True)


@pytest.fixture
def trustee(db):
    return TrusteeFactory(alias="Tess")


@pytest.fixture
def manager(db):
    return ManagerFactory(alias="Max")


@pytest.fixture
def record(question, now):
    """Write an entry, as ENTRY has it where nothing else is said."""

    def write(*, by, question=question, now=now, **values):
        return recording.record(question=question, by=by, now=now, **ENTRY | values)

    return write


@pytest.fixture
def held(calendar, now, advisor, ruth, lead):
    """A question that Sam is writing."""
    question = make_question(text=SAID, now=now)
    triaging.pass_on(question=question, version=1, summary="At home.", content_notes=[], by=ruth, now=now)
    claiming.assign(question=question, to=advisor, by=ruth, version=question.version, now=now)
    return question
