"""Reviewers, an advisor, and questions as they reach review."""

import pytest
from django.test import Client

from advisors.drafting import claiming, writing
from advisors.signoff import reading, triaging, wordings
from questions.models import Question
from tests.factories import SupervisorFactory, keep_on_duty, make_question

TEXT = "I moved to a new school in May and I eat lunch alone. My mum says give it time."
DRAFT = (
    "Eating lunch alone at a new school is hard, and it says nothing bad about you.\n\n"
    "You could ask one person in your form what they do at lunch. You could also find a club that meets then.\n\n"
    "Pick one of the two and try it this week. Write to us again whenever you like."
)
SMALL_EDIT = DRAFT.replace("is hard", "is really hard")
BIG_EDIT = "Thank you for writing. A teacher you like can help you find someone to sit with at lunch this week."


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def ruth(db):
    """On duty, so that advisors may take what waits."""
    return keep_on_duty(SupervisorFactory(alias="Ruth"))


@pytest.fixture
def sentences(ruth, omar):
    """The starter sentences, written by Ruth and approved by Omar."""
    return wordings.load(writer=ruth, approver=omar)


@pytest.fixture
def in_review(calendar, now, advisor, ruth):
    """Make a question whose draft waits for review, by the verbs; return the draft."""

    def make(*, text=DRAFT, kind="answer", level="green", by=advisor, **values):
        question = make_question(text=TEXT, now=now, **values)
        triaging.pass_on(question=question, version=1, summary="New school.", content_notes=[], by=ruth, now=now)
        claiming.claim(question=question, by=by, version=question.version, now=now)
        details = ["new school", "lunch alone"]
        writing.save(question=question, kind=kind, text=text, details=details, base=0, by=by, now=now)
        writing.submit(question=question, kind=kind, base=1, by=by, version=question.version, now=now)
        Question.objects.filter(pk=question.pk).update(level=level)
        return waiting(question)

    return make


def waiting(question):
    """The draft of a question that waits for review, everything read anew."""
    return reading.draft_in_review(Question.objects.get(pk=question.pk))


def row(draft):
    """The draft's question, read anew."""
    return Question.objects.get(pk=draft.round.question_id)


def signed_in(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
