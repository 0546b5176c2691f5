"""An advisor who writes, and supervisors who may sit down beside them."""

from datetime import date

import pytest

from advisors.drafting import claiming, writing
from advisors.duty import presence as duty
from advisors.signoff import triaging
from questions.models import Question
from tests.factories import LeadFactory, PersonFactory, make_question

TEXT = "I moved to a new school in May and I eat lunch alone."
DETAILS = ["new school", "lunch alone"]


@pytest.fixture(autouse=True)
def _one_factor(settings, tmp_path):
    settings.SECOND_FACTOR = False
    settings.LEDGER = tmp_path / "erased.txt"


@pytest.fixture
def sam(db):
    """An advisor with four answers behind them: the fifth is still written side by side."""
    return PersonFactory(alias="Sam", answers_given=4)


@pytest.fixture
def young(db):
    """Seventeen, with twenty answers behind them."""
    return PersonFactory(alias="Callum", born_on=date(2009, 1, 5))


@pytest.fixture
def lead(db):
    return LeadFactory(alias="Grace")


@pytest.fixture
def written(calendar, now, sam, ruth):
    """Make a question that an advisor writes, by the verbs, with one version saved."""

    def make(*, by=sam, at=now, text="Hi there.", level="green", **values):
        duty.go_on(person=ruth, now=at)
        question = make_question(text=TEXT, now=at, **values)
        triaging.pass_on(question=question, version=1, summary="New school.", content_notes=[], by=ruth, now=at)
        claiming.claim(question=question, by=by, version=question.version, now=at)
        save(question, text, now=at)
        Question.objects.filter(pk=question.pk).update(level=level)
        return read(question)

    return make


def read(question):
    return Question.objects.select_related("holder").get(pk=question.pk)


def save(question, text, *, now):
    """The holder's next version."""
    base = writing.draft_for(question, "answer").number
    return writing.save(
        question=question, kind="answer", text=text, details=DETAILS, base=base, by=question.holder, now=now
    )


def send(question, *, now):
    """The holder sends the newest version for review."""
    base = writing.draft_for(question, "answer").number
    writing.submit(question=question, kind="answer", base=base, by=question.holder, version=question.version, now=now)
    return read(question)
