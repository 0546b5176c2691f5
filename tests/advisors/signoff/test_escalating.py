from datetime import timedelta

import pytest
from django.core import mail

from advisors import notices
from advisors.drafting import claiming, writing
from advisors.drafting.models import Recusal
from advisors.signoff import levels, listing, reviewing, signing
from advisors.signoff.models import Approval, Comment, Escalation
from askpeer import history
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.models import Round
from tests.advisors.signoff.conftest import SMALL_EDIT, row, waiting
from tests.factories import FINE, LeadFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
WHY = "Her brother has a key."


@pytest.fixture
def escalated(in_review, now, ruth, lead):
    """A draft that Ruth gave to the lead."""

    def make(**values):
        draft = in_review(**values)
        reviewing.escalate(draft=draft, number=1, reason=WHY, by=ruth, now=now)
        return waiting(row(draft))

    return make


def approve(draft, by, now):
    draft = waiting(row(draft))
    return reviewing.approve(draft=draft, number=draft.number, by=by, now=now, marks=FINE)


def told(now):
    """Who gets mail about it."""
    refs = OutboxRow.objects.get(kind="escalated").refs
    delivery = notices.escalated(refs, key="escalated:1", now=now)
    return sorted(person.alias for person in delivery.people)


def test_it_stays_in_review_with_its_reason_sealed(escalated, now, ruth):
    draft = escalated()
    found = Escalation.objects.select_related("draft__round__question").get()
    assert (row(draft).status, found.reason, found.by, found.settled_at) == ("in_review", WHY, ruth, None)
    entry = next(entry for entry in history.of(row(draft).subject) if entry.kind == "escalated")
    assert (entry.actor, WHY in str(entry.facts)) == (ruth.name, False)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Say why the lead should look at this."),
        (" \n ", "Say why the lead should look at this."),
        ("x" * 501, "A reason can have 500 characters at most. This one has 501."),
    ],
)
def test_it_needs_a_reason(in_review, now, ruth, lead, reason, sentence):
    with pytest.raises(Refused) as refused:
        reviewing.escalate(draft=in_review(), number=1, reason=reason, by=ruth, now=now)
    assert (str(refused.value), Escalation.objects.count()) == (sentence, 0)


def test_one_is_open_for_a_draft(escalated, now, omar):
    with pytest.raises(Stale, match="Somebody has escalated this already"):
        reviewing.escalate(draft=escalated(), number=1, reason="Me too.", by=omar, now=now)
    assert Escalation.objects.count() == 1


def test_it_is_about_the_wording_that_was_read(in_review, now, ruth, omar, lead):
    draft = in_review()
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    with pytest.raises(Stale, match="There is a newer wording"):
        reviewing.escalate(draft=waiting(row(draft)), number=1, reason=WHY, by=ruth, now=now)


def test_an_advisor_and_its_author_escalate_nothing(in_review, now, advisor, omar, lead):
    with pytest.raises(Refused, match="Only a supervisor"):
        reviewing.escalate(draft=in_review(), number=1, reason=WHY, by=advisor, now=now)
    with pytest.raises(Refused, match="You cannot review your own draft"):
        reviewing.escalate(draft=in_review(by=omar), number=1, reason=WHY, by=omar, now=now)


def test_the_lead_is_told_without_a_word_of_it(escalated, now, lead):
    SupervisorFactory(alias="Deputy", deputy=True)
    draft = escalated()
    assert told(now) == ["Lena"]
    notices.escalated(OutboxRow.objects.get(kind="escalated").refs, key="e", now=now).send()
    share = OutboxRow.objects.get(kind="staff-alert")
    notices.alert(share.refs, key=share.key, now=now).send()
    words = mail.outbox[0].subject + mail.outbox[0].body
    assert (mail.outbox[0].to, WHY in words, str(draft.round.question_id) in words) == ([lead.email], False, False)


def test_every_lead_who_may_see_it_is_told_and_deputies_where_none_may(in_review, now, ruth, lead):
    SupervisorFactory(alias="Deputy", deputy=True)
    SupervisorFactory(alias="Another")
    draft, second = in_review(), LeadFactory(alias="Mo")
    reviewing.escalate(draft=draft, number=1, reason=WHY, by=ruth, now=now)
    assert told(now) == ["Lena", "Mo"]
    Recusal.objects.create(question=row(draft), person=second, at=now)
    assert told(now) == ["Lena"]
    Recusal.objects.create(question=row(draft), person=lead, at=now)
    assert told(now) == ["Deputy"]


def test_a_lead_to_whom_nothing_opens_is_not_waited_for(in_review, now, ruth):
    LeadFactory(vetted_on=None)
    SupervisorFactory(alias="Deputy", deputy=True)
    reviewing.escalate(draft=in_review(), number=1, reason=WHY, by=ruth, now=now)
    assert told(now) == ["Deputy"]


def test_with_nobody_to_give_it_to_it_says_so(in_review, now, ruth):
    LeadFactory(languages=["nl"])
    with pytest.raises(Refused, match="There is no safeguarding lead or deputy who can open this question"):
        reviewing.escalate(draft=in_review(), number=1, reason=WHY, by=ruth, now=now)


def test_nobody_is_told_of_one_that_was_settled(escalated, now, lead):
    approve(escalated(), lead, now)
    assert notices.escalated(OutboxRow.objects.get(kind="escalated").refs, key="e", now=now) is None


@pytest.mark.parametrize("level", ["green", "amber"])
def test_while_it_is_open_the_lead_or_a_deputy_signs(escalated, now, ruth, omar, lead, level):
    draft = escalated(level=level)
    for person in (ruth, omar):
        with pytest.raises(Refused, match="This was escalated, so the safeguarding lead or a deputy signs it"):
            approve(draft, person, now)
    assert Approval.objects.count() == 0
    approve(draft, lead, now)
    assert (row(draft).status, Escalation.objects.get().settled_by) == ("answered", lead)


def test_a_deputys_signature_settles_it_too(escalated, now):
    draft, deputy = escalated(), SupervisorFactory(deputy=True)
    approve(draft, deputy, now)
    assert (row(draft).status, Escalation.objects.get().settled_at) == ("answered", now)


def test_on_red_it_settles_with_the_signature_that_sends_it(escalated, now, omar, lead):
    draft = escalated(level="red")
    approve(draft, omar, now)
    assert Escalation.objects.get().settled_at is None
    approve(draft, lead, now)
    assert (row(draft).status, Escalation.objects.get().settled_by) == ("answered", lead)


def test_the_author_accepts_no_small_edit_while_it_is_open(escalated, now, omar, lead, advisor):
    draft = escalated()
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    with pytest.raises(Refused, match="This wording needs a second supervisor"):
        reviewing.accept(draft=waiting(row(draft)), number=2, by=advisor, now=now)
    approve(draft, lead, now)
    assert row(draft).status == "answered"


def sent_again(draft, advisor, now):
    question = row(draft)
    writing.submit(question=question, kind="answer", base=1, by=advisor, version=question.version, now=now)
    return waiting(question)


def sent_back(draft, by, now):
    reviewing.comment(draft=draft, number=1, paragraph=0, text="The key.", by=by, now=now)
    reviewing.request_changes(draft=draft, number=1, by=by, now=now)


def test_the_lead_who_sends_it_back_settles_it_and_taking_it_back_does_not(escalated, now, lead, advisor):
    draft = escalated()
    writing.pull_back(question=row(draft), by=advisor, version=row(draft).version, now=now)
    draft = sent_again(draft, advisor, now)
    assert Escalation.objects.get().settled_at is None
    sent_back(draft, lead, now)
    assert Escalation.objects.get().settled_by == lead
    assert "escalation_settled" in {entry.kind for entry in history.of(row(draft).subject)}


def test_sent_back_by_a_supervisor_it_still_waits_for_the_lead(escalated, now, omar, lead, advisor):
    draft = escalated()
    sent_back(draft, omar, now)
    draft = sent_again(draft, advisor, now)
    reviewing.resolve(comment=Comment.objects.get(), by=omar, now=now)
    with pytest.raises(Refused, match="This was escalated, so the safeguarding lead or a deputy signs it"):
        approve(draft, omar, now)
    approve(draft, lead, now)
    assert (row(draft).status, Escalation.objects.get().settled_by) == ("answered", lead)


def test_it_waits_for_the_lead_though_the_level_goes_up_and_down(escalated, now, ruth, omar, lead):
    draft = escalated(level="amber")
    levels.raise_level(question=row(draft), level="red", reason="", by=ruth, now=now)
    approve(draft, omar, now)
    levels.lower_level(question=row(draft), level="green", reason="A mistake.", by=ruth, now=now)
    with pytest.raises(Refused, match="This was escalated"):
        approve(draft, omar, now)
    approve(draft, lead, now)
    assert (row(draft).status, len(signing.live(draft.versions.get()))) == ("answered", 2)


def test_the_queue_shows_it_to_all_and_pins_it_for_the_lead(escalated, in_review, now, omar, lead):
    first, given = in_review(), escalated()
    Round.objects.filter(pk=given.round.pk).update(due_at=given.round.due_at + timedelta(days=1))
    assert [item.draft for item in reviewing.queue(omar, now=now).items] == [first, given]
    assert [item.draft for item in reviewing.queue(lead, now=now).items] == [given, first]
    assert [item.escalated for item in listing.queue(lead, now=now).items] == ["Ruth", ""]


def test_review_next_leaves_it_to_the_lead(escalated, now, omar, lead):
    draft = escalated()
    with pytest.raises(Refused, match="Nothing is waiting for your review right now"):
        reviewing.take_next(by=omar, now=now)
    assert reviewing.take_next(by=lead, now=now) == draft


def test_it_goes_with_the_draft_that_is_let_go(escalated, now, advisor, lead):
    draft = escalated()
    claiming.release_all(advisor, now=now)
    approve(draft, lead, now)
    assert row(draft).status == "answered"
