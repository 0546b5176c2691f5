"""Off-boarding somebody wherever they stand: nothing waits for them afterwards, and nothing of anybody's is lost."""

from datetime import timedelta

import pytest

from advisors.beside import going_on, sitting
from advisors.beside.models import AskedBeside, Presence, Sitting
from advisors.drafting import claiming, writing
from advisors.drafting.models import Claim, Draft, DraftVersion
from advisors.duty import presence, rota
from advisors.duty.models import Absence, OnDuty, Shift
from advisors.models import Person
from advisors.safeguarding.models import BrokenGlass
from advisors.signoff import leaving, reviewing, triaging
from advisors.signoff.models import Approval, Comment, Escalation, OwnWords, Reviewing
from advisors.team import supporting
from askpeer import history
from askpeer.errors import Refused
from questions import erasing, moves, states
from questions.intake.models import OnCall
from questions.models import Message, Question
from tests.advisors.signoff.conftest import row, waiting
from tests.factories import FINE, ManagerFactory, PersonFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def leave(now):
    """Off-board this person now."""
    manager = ManagerFactory(alias="Tom")
    return lambda person: leaving.leave(person=Person.objects.get(pk=person.pk), by=manager, now=now)


@pytest.fixture
def at_status(in_review, advisor, now):
    """A question of the advisor's in this status, with their draft."""

    def make(status):
        draft = in_review()
        Question.objects.update(status=status)
        if status != states.IN_REVIEW:
            Draft.objects.update(submitted_at=None)
        return draft

    return make


@pytest.mark.parametrize("status", sorted(states.HELD | {states.ANSWERED, states.REDIRECTED}))
def test_as_the_holder(at_status, leave, advisor, status):
    draft = at_status(status)
    leave(advisor)
    question = row(draft)
    goes = states.OPEN if status in states.RETURNED_FROM else status
    is_held = status not in states.HELD
    assert (question.status, question.holder_id == advisor.pk) == (goes, is_held)
    assert Claim.objects.filter(released_at=None).count() == 0
    assert DraftVersion.objects.values_list("writer", flat=True).get() == advisor.pk


def test_as_the_holder_of_what_was_erased(in_review, leave, advisor, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    erasing.erase(row(in_review()), by=moves.ASKER, now=now)
    assert leave(advisor) == 0


@pytest.mark.parametrize("status", [status for status in states.STATUSES if status != states.WITHDRAWN])
def test_as_the_one_it_is_offered_to(calendar, leave, advisor, now, status):
    question = make_question(now=now)
    Question.objects.update(status=status, offered_to=advisor)
    leave(advisor)
    question.refresh_from_db()
    assert (question.status, question.offered_to) == (status, None)


@pytest.mark.parametrize("status", [states.IN_REVIEW, states.PENDING_ASKER, states.CHANGES_REQUESTED])
def test_the_next_advisor_goes_on_with_the_draft(at_status, leave, advisor, now, ruth, status):
    draft, other = at_status(status), PersonFactory(alias="Ash")
    leave(advisor)
    if status == states.PENDING_ASKER:
        Question.objects.update(status=states.IN_PROGRESS)
    if status == states.IN_REVIEW:
        reviewing.comment(draft=waiting(row(draft)), number=1, paragraph=0, text="Warmer.", by=ruth, now=now)
        reviewing.request_changes(draft=waiting(row(draft)), number=1, by=ruth, now=now)
    question = row(draft)
    claiming.claim(question=question, by=other, version=question.version, now=now)
    version = writing.current(writing.draft_for(row(draft), "answer"))
    assert (version.number, version.writer, row(draft).holder) == (1, advisor, other)


def test_an_answer_whose_author_left_is_reviewed_and_sent(in_review, leave, advisor, ruth, now):
    draft = in_review()
    leave(advisor)
    reviewing.approve(draft=waiting(row(draft)), number=1, by=ruth, now=now, marks=FINE)
    assert (row(draft).status, Person.objects.get(pk=advisor.pk).answers_given) == ("answered", 20)


def test_as_the_first_signer_on_red(in_review, leave, ruth, omar, lead, now):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    leave(ruth)
    reviewing.approve(draft=waiting(row(draft)), number=1, by=lead, now=now, marks=FINE)
    assert (row(draft).status, Message.objects.filter(kind="answer").count()) == ("in_review", 0)
    reviewing.approve(draft=waiting(row(draft)), number=1, by=omar, now=now, marks=FINE)
    assert row(draft).status == "answered"
    assert {approval.approver: approval.voided_at for approval in Approval.objects.all()} == {
        ruth: now,
        lead: None,
        omar: None,
    }


def test_as_the_reviewer_who_reads_it(in_review, leave, ruth, omar, now):
    draft = in_review()
    reviewing.start(draft=draft, by=ruth, now=now)
    comment = reviewing.comment(draft=draft, number=1, paragraph=0, text="Warmer.", by=ruth, now=now)
    leave(ruth)
    assert Reviewing.objects.count() == 0
    assert reviewing.take_next(by=omar, now=now) == draft
    reviewing.resolve(comment=comment, by=omar, now=now)
    assert Comment.objects.get().resolved_by == omar


def test_as_the_editor_whose_wording_waits_for_the_author(in_review, leave, ruth, advisor, now):
    draft = in_review()
    version = draft.versions.get()
    version.draft = draft
    reviewing.edit(draft=draft, base=1, text=version.text.replace("is hard", "is really hard"), by=ruth, now=now)
    leave(ruth)
    reviewing.accept(draft=waiting(row(draft)), number=2, by=advisor, now=now)
    assert row(draft).status == "answered"


@pytest.mark.parametrize("leaver", ["ruth", "advisor"])
def test_as_either_of_two_beside_each_other(at_status, leave, request, ruth, advisor, now, leaver):
    question = row(at_status(states.IN_PROGRESS))
    Question.objects.update(entered_at=now)
    AskedBeside.objects.create(round=question.round, person=advisor, at=now)
    sitting.sit_down(question=row_of(question), by=ruth, now=now)
    AskedBeside.objects.create(round=question.round, person=advisor, at=now)
    for person in (ruth, advisor):
        Presence.objects.create(round=question.round, person=person, seen_at=now)
    leave(request.getfixturevalue(leaver))
    stays = {"ruth": advisor, "advisor": ruth}[leaver]
    assert (going_on.of(row_of(question)), Sitting.objects.get().ended_at) == (None, now)
    assert [there.person for there in Presence.objects.all()] == [stays]
    assert AskedBeside.objects.count() == (1 if leaver == "ruth" else 0)


def row_of(question):
    return Question.objects.get(pk=question.pk)


def test_as_a_buddy(in_review, leave, ruth, omar, now):
    jaz = PersonFactory(alias="Jaz", buddy=omar, answers_given=0)
    draft = in_review(by=jaz)
    assert sitting.buddy_for(row(draft), now=now) == omar
    leave(omar)
    assert (Person.objects.get(pk=jaz.pk).buddy, sitting.buddy_for(row(draft), now=now)) == (None, None)


def test_with_an_open_escalation(in_review, leave, ruth, omar, lead, now):
    draft = in_review()
    reviewing.escalate(draft=draft, number=1, reason="Her brother has a key.", by=ruth, now=now)
    leave(ruth)
    with pytest.raises(Refused, match="This was escalated"):
        reviewing.approve(draft=waiting(row(draft)), number=1, by=omar, now=now, marks=FINE)
    reviewing.approve(draft=waiting(row(draft)), number=1, by=lead, now=now, marks=FINE)
    assert Escalation.objects.get().settled_by == lead


def test_on_duty_with_turns_and_absences(calendar, leave, ruth, omar, now):
    today = now.date()
    for person in (ruth, omar):
        presence.go_on(person=person, now=now)
        for kind in (Shift, OnCall):
            for start in (-3, -1, 0, 2):
                kind.objects.create(person=person, starts_at=now + start * HOUR, ends_at=now + (start + 2) * HOUR)
        for day in (0, 1):
            first = today + timedelta(days=day)
            Absence.objects.create(person=person, first_day=first, last_day=first)
    leave(ruth)
    assert [there.person for there in OnDuty.objects.all()] == [omar]
    for kind in (Shift, OnCall):
        left = kind.objects.filter(person=ruth).order_by("starts_at").values_list("starts_at", "ends_at")
        assert list(left) == [(now - 3 * HOUR, now - HOUR), (now - HOUR, now)]
        assert kind.objects.filter(person=omar).count() == 4
    assert Absence.objects.filter(person=ruth).values_list("first_day", flat=True).get() == today
    assert Absence.objects.filter(person=omar).count() == 2
    assert (rota.on_shift(now=now), rota.on_call(now=now)) == ([omar], [omar])


def test_with_an_open_call_for_support_it_is_the_managers_who_ends_their_work(calendar, leave, advisor, now):
    call = supporting.call(person=advisor, words="It got close.", now=now)
    leave(advisor)
    call.refresh_from_db()
    assert (call.answered_at, call.answered_by.alias, supporting.open_calls(now=now)) == (now, "Tom", [])


def test_with_own_words_that_wait(calendar, leave, ruth, omar, now):
    question = make_question(now=now, level="red")
    for person in (ruth, omar):
        OwnWords.objects.filter(ended_at=None).update(ended_at=now)
        OwnWords.objects.create(
            round=question.round, kind="holding", code="not_safe", text="We are here.", writer=person, written_at=now
        )
    leave(ruth)
    assert OwnWords.objects.get(writer=omar).ended_at is None
    leave(omar)
    ended = OwnWords.objects.get(writer=omar)
    dropped = [entry.facts["own_words"] for entry in history.of(question.subject) if entry.kind == "own_words_dropped"]
    assert (ended.ended_at, ended.approver, dropped) == (now, None, [str(ended.pk)])


@pytest.mark.parametrize(("seen", "until"), [(False, 0), (True, 14)])
def test_with_the_glass_broken(calendar, leave, lead, ruth, now, seen, until):
    second = SupervisorFactory(role="lead")
    glass = BrokenGlass(
        about=make_question(now=now),
        what="contact",
        person=lead,
        reason="She is missing.",
        at=now - timedelta(minutes=1),
        until=now + timedelta(minutes=14),
        shown_at=now if seen else None,
        told=second,
    )
    glass.save()
    leave(lead)
    assert BrokenGlass.objects.get().until == now + timedelta(minutes=until)


def test_with_a_question_given_to_them_at_triage_a_moment_ago(calendar, leave, ruth, advisor, now):
    question = make_question(now=now, may_know_advisor=True)
    triaging.pass_on(question=question, version=1, summary="New school.", content_notes=[], by=ruth, now=now)
    claiming.assign(question=question, to=advisor, by=ruth, version=question.version, now=now)
    leave(advisor)
    assert (row_of(question).status, row_of(question).holder) == ("open", None)
