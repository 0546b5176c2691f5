"""Whose signature counts: of whoever may review the question when the answer is sent, in the review it was given in."""

import pytest

from advisors.drafting import claiming, writing
from advisors.drafting.models import Recusal
from advisors.models import Person
from advisors.safeguarding import raising
from advisors.signoff import leaving, levels, reviewing, signing
from advisors.signoff.models import Approval, Escalation
from askpeer.errors import Refused
from questions.models import Message, Question
from tests.advisors.signoff.conftest import DRAFT, row, waiting
from tests.factories import FINE, LeadFactory, ManagerFactory, SupervisorFactory

pytestmark = pytest.mark.django_db


def approve(draft, by, now):
    draft = waiting(row(draft))
    return reviewing.approve(draft=draft, number=draft.number, by=by, now=now, marks=FINE)


def pull_back(draft, by, now):
    question = row(draft)
    writing.pull_back(question=question, by=by, version=question.version, now=now)


def send_again(draft, by, now):
    question = row(draft)
    writing.submit(question=question, kind=draft.kind, base=1, by=by, version=question.version, now=now)


@pytest.fixture
def signed(in_review, now, omar, lead):
    """A red answer that Omar signed and that waits for a second signature."""
    draft = in_review(level="red")
    approve(draft, omar, now)
    return draft


def live():
    return [approval.approver.alias for approval in Approval.objects.filter(voided_at=None)]


def test_taken_back_it_is_signed_anew(signed, now, advisor, omar, lead):
    pull_back(signed, advisor, now)
    assert (live(), Approval.objects.get().voided_at) == ([], now)
    send_again(signed, advisor, now)
    approve(signed, lead, now)
    assert row(signed).status == "in_review"
    approve(signed, omar, now)
    assert row(signed).status == "answered"


def test_who_left_while_it_was_taken_back_has_signed_nothing(in_review, now, advisor, omar, lead):
    draft, second = in_review(level="red"), LeadFactory()
    approve(draft, lead, now)
    pull_back(draft, advisor, now)
    leaving.leave(person=lead, by=ManagerFactory(), now=now)
    send_again(draft, advisor, now)
    approve(draft, omar, now)
    assert row(draft).status == "in_review"
    approve(draft, second, now)
    assert row(draft).status == "answered"


def test_leaving_ends_a_signature_wherever_its_draft_lies_and_keeps_those_under_what_was_sent(
    in_review, now, omar, lead
):
    asked, signed = in_review(kind="clarification", email="kim@example.org"), in_review(level="red")
    for draft in (asked, signed):
        approve(draft, omar, now)
    Question.objects.filter(pk=row(signed).pk).update(status="in_progress")
    signed.__class__.objects.filter(pk=signed.pk).update(submitted_at=None)
    leaving.leave(person=omar, by=ManagerFactory(), now=now)
    voided = dict(Approval.objects.values_list("version__draft", "voided_at"))
    assert voided == {asked.pk: None, signed.pk: now}


@pytest.mark.parametrize("leaves", ["the holder steps back", "changes", "abusive", "about staff", "to the lead"])
def test_however_it_leaves_review_its_signatures_end(signed, now, advisor, ruth, omar, leaves):
    question = row(signed)
    if leaves == "the holder steps back":
        claiming.recuse(question=question, by=advisor, now=now)
    elif leaves == "changes":
        reviewing.comment(draft=waiting(question), number=1, paragraph=0, text="Warmer?", by=ruth, now=now)
        reviewing.request_changes(draft=waiting(question), number=1, by=ruth, now=now)
    elif leaves == "to the lead":
        raising.give_to_lead(question=question, version=question.version, by=ruth, now=now)
    else:
        kind = "staff" if leaves == "about staff" else leaves
        values = {"words": "Look.", "by": advisor, "now": now, "version": question.version}
        raising.raise_concern(question=question, kind=kind, **values)
    signed.refresh_from_db()
    assert (live(), signed.submitted_at) == ([], None)


def test_a_clarifying_question_that_was_sent_keeps_its_signature(in_review, now, advisor, omar):
    draft = in_review(kind="clarification", email="kim@example.org")
    approve(draft, omar, now)
    claiming.recuse(question=row(draft), by=omar, now=now)
    claiming.recuse(question=row(draft), by=advisor, now=now)
    assert (row(draft).status, live()) == ("pending_asker", ["Omar"])


def test_who_signed_and_then_holds_it_signs_no_answer_of_theirs(signed, now, advisor, ruth, omar, lead):
    pull_back(signed, advisor, now)
    claiming.hand_back(question=row(signed), by=advisor, version=row(signed).version, note="Yours.", now=now)
    claiming.assign(question=row(signed), to=omar, by=ruth, version=row(signed).version, now=now)
    send_again(signed, omar, now)
    approve(signed, lead, now)
    assert row(signed).status == "in_review"
    approve(signed, ruth, now)
    assert (row(signed).status, sorted(live())) == ("answered", ["Lena", "Ruth"])


def test_who_steps_back_takes_their_signature_along(signed, now, ruth, omar, lead):
    claiming.recuse(question=row(signed), by=omar, now=now)
    assert live() == []
    approve(signed, lead, now)
    assert row(signed).status == "in_review"
    approve(signed, ruth, now)
    assert row(signed).status == "answered"


def left(omar, question, now):
    Person.objects.filter(pk=omar.pk).update(is_active=False)


def went_on_as_manager(omar, question, now):
    Person.objects.filter(pk=omar.pk).update(role="manager")


def stepped_back(omar, question, now):
    Recusal.objects.create(question=question, person=omar, at=now)


def holds_it(omar, question, now):
    Question.objects.filter(pk=question.pk).update(holder=omar)


@pytest.mark.parametrize("since", [left, went_on_as_manager, stepped_back, holds_it])
def test_when_it_is_sent_only_who_may_review_it_counts(signed, now, ruth, omar, lead, since):
    assert [approval.approver for approval in signing.live(signed.versions.get())] == [omar]
    since(omar, row(signed), now)
    approve(signed, lead, now)
    assert (row(signed).status, Message.objects.filter(kind="answer").count()) == ("in_review", 0)
    approve(signed, ruth, now)
    assert Message.objects.get(kind="answer").text == DRAFT


def test_red_is_not_lowered_by_who_signed_it_nor_by_who_writes_it(signed, now, advisor, ruth, omar, lead):
    values = {"level": "amber", "reason": "Safe tonight.", "now": now}
    with pytest.raises(Refused, match="You signed this answer while it was red"):
        levels.lower_level(question=row(signed), by=omar, **values)
    holds_it(lead, row(signed), now)
    with pytest.raises(Refused, match="You write the answer to this question"):
        levels.lower_level(question=row(signed), by=lead, **values)
    levels.lower_level(question=row(signed), by=ruth, **values)
    assert row(signed).level == "amber"


def test_an_undo_lowers_nothing_that_its_maker_signed_since(in_review, now, omar):
    draft = in_review()
    levels.raise_level(question=row(draft), level="red", reason="", by=omar, now=now)
    approve(draft, omar, now)
    with pytest.raises(Refused, match="You signed this answer while it was red"):
        levels.undo(question=row(draft), by=omar, now=now)
    assert row(draft).level == "red"


def test_who_signed_the_clarifying_question_of_the_round_may_lower_its_answer(in_review, now, advisor, omar):
    draft = in_review(kind="clarification", email="kim@example.org", level="red")
    for by in (LeadFactory(), omar):
        approve(draft, by, now)
    Question.objects.update(status="in_review")
    levels.lower_level(question=row(draft), level="amber", reason="Safe tonight.", by=omar, now=now)
    assert row(draft).level == "amber"


def test_who_lowers_what_waits_from_red_does_not_send_it_alone(in_review, now, ruth, omar):
    draft = in_review(level="red")
    levels.lower_level(question=row(draft), level="amber", reason="Safe tonight.", by=omar, now=now)
    with pytest.raises(Refused, match="You lowered this from red while it waited"):
        approve(draft, omar, now)
    approve(draft, ruth, now)
    assert row(draft).status == "answered"


def test_who_lowered_it_before_it_was_sent_for_review_may_approve_it(in_review, now, advisor, omar):
    draft = in_review(level="red")
    levels.lower_level(question=row(draft), level="amber", reason="A song.", by=omar, now=now)
    pull_back(draft, advisor, now)
    later = now.replace(minute=now.minute + 1)
    send_again(draft, advisor, later)
    approve(draft, omar, later)
    assert row(draft).status == "answered"


def test_only_the_lead_or_a_deputy_settles_what_was_escalated(in_review, now, ruth, omar, lead):
    draft, deputy = in_review(), SupervisorFactory(deputy=True)
    reviewing.escalate(draft=draft, number=1, reason="Her brother has a key.", by=ruth, now=now)
    reviewing.comment(draft=waiting(row(draft)), number=1, paragraph=0, text="Warmer?", by=deputy, now=now)
    reviewing.request_changes(draft=waiting(row(draft)), number=1, by=deputy, now=now)
    assert Escalation.objects.get().settled_by == deputy
