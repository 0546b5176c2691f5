"""Who acts is read anew under a lock: a page that was opened before somebody left, or changed role, decides nothing."""

from functools import partial

import pytest

from advisors.models import Person
from advisors.signoff import (
    commenting,
    levels,
    masking,
    own_words,
    redating,
    reviewing,
    settling,
    shelving,
    triaging,
)
from askpeer.errors import Refused
from questions.models import Feedback, Message, SafetyReport
from tests.advisors.signoff.conftest import TEXT, row
from tests.factories import FINE, SupervisorFactory, make_question
from tests.questions.publication import shelf

pytestmark = pytest.mark.django_db
PASSED = {"version": 1, "summary": "New school.", "content_notes": []}
OWN = {"kind": "redirect", "code": "medical_advice", "text": "A nurse near you can look at this today."}


def said(question, model, now):
    return model.objects.create(round=question.round, words="Thank you.", sent_at=now)


def ways(question, now):
    """Every way to act on a new question, by its name."""
    reply = Message.objects.create(round=question.round, kind="reply", text="Since May.", sent_at=now)
    values = {"question": question}
    feedback, report = said(question, Feedback, now), said(question, SafetyReport, now)
    return {
        "raise the level": partial(levels.raise_level, level="red", reason="", **values),
        "lower the level": partial(levels.lower_level, level="green", reason="A song.", **values),
        "undo a level": partial(levels.undo, **values),
        "pass it on": partial(triaging.pass_on, **PASSED, **values),
        "take it back": partial(triaging.take_back, version=1, **values),
        "set it apart": partial(triaging.set_apart, apart=True, **values),
        "pass a reply": partial(triaging.pass_message, message=reply),
        "pass words on an answer": partial(triaging.pass_feedback, feedback=feedback),
        "redirect": partial(triaging.redirect, version=1, code="medical_advice", **values),
        "hold": partial(triaging.hold, code="not_safe", **values),
        "propose own words": partial(own_words.propose, **OWN, **values),
        "hide names": partial(masking.mask, names=["Kim"], **values),
        "settle a report": partial(settling.settle, report=report),
    }


ACTS = [
    "raise the level",
    "lower the level",
    "undo a level",
    "pass it on",
    "take it back",
    "set it apart",
    "pass a reply",
    "pass words on an answer",
    "redirect",
    "hold",
    "propose own words",
    "hide names",
    "settle a report",
]
SINCE = [{"is_active": False}, {"role": "manager"}]


def since(person, changes):
    """This person as they were a moment ago."""
    Person.objects.filter(pk=person.pk).update(**changes)
    return person


@pytest.mark.parametrize("changes", SINCE)
@pytest.mark.parametrize("act", ACTS)
def test_on_a_question(calendar, now, omar, sentences, act, changes):
    question = make_question(text=TEXT, now=now, level="amber")
    with pytest.raises(Refused, match="Only a supervisor or the safeguarding lead can do this"):
        ways(question, now)[act](by=since(omar, changes), now=now)


@pytest.mark.parametrize("changes", SINCE)
def test_on_a_draft(in_review, now, omar, changes):
    draft, by = in_review(), since(omar, changes)
    acts = {
        reviewing.approve: {"number": 1, "marks": FINE},
        commenting.comment: {"number": 1, "paragraph": 0, "text": "Warmer?"},
        reviewing.escalate: {"number": 1, "reason": "Look."},
    }
    for act, values in acts.items():
        with pytest.raises(Refused, match="Only a supervisor"):
            act(draft=draft, by=by, now=now, **values)


@pytest.mark.parametrize("changes", SINCE)
def test_on_a_comment_and_a_late_promise(in_review, now, ruth, omar, changes):
    draft = in_review()
    comment = commenting.comment(draft=draft, number=1, paragraph=0, text="Warmer?", by=ruth, now=now)
    by, due = since(omar, changes), row(draft).round.due_at
    with pytest.raises(Refused, match="Only a supervisor"):
        commenting.resolve(comment=comment, by=by, now=now)
    with pytest.raises(Refused, match="Only a supervisor"):
        redating.redate(questions=[row(draft)], until=due.replace(hour=16, day=due.day + 1), by=by, now=due)


@pytest.mark.parametrize("changes", SINCE)
def test_on_somebodys_own_words(calendar, now, ruth, omar, sentences, changes):
    words = own_words.propose(question=make_question(now=now), by=ruth, now=now, **OWN)
    by = since(omar, changes)
    for act in (own_words.approve, own_words.drop):
        with pytest.raises(Refused, match="Only a supervisor"):
            act(words=words, by=by, now=now)


@pytest.mark.parametrize("changes", SINCE)
def test_on_the_library(calendar, now, ruth, omar, changes):
    publication = shelf.edited(shelf.agreed(now=now), by=ruth, now=now)
    by, again = since(omar, changes), {"publication": publication, "version": publication.version, "now": shelf.LATER}
    with pytest.raises(Refused, match="Only a supervisor"):
        shelving.publish(review_by=shelf.LATER.date(), by=by, **again)
    with pytest.raises(Refused, match="Only a supervisor"):
        shelving.edit(by=by, **again)


def test_whoever_is_one_of_them_now_acts(calendar, now):
    person = SupervisorFactory()
    levels.raise_level(question=make_question(now=now), level="red", reason="", by=person, now=now)
