"""Whom a case about staff is about: out of it without a word, and handed on where it is about the reader."""

import pytest

from advisors import roles
from advisors.drafting import claiming
from advisors.drafting.models import Recusal
from advisors.managing import people
from advisors.models import Person
from advisors.safeguarding import board, naming
from advisors.signoff import leaving, locking, seeing, triaging
from askpeer import history, outbox
from askpeer.errors import Refused
from askpeer.models import OutboxRow
from questions import erasing, moves
from questions.models import LockedNote, Question
from tests.advisors.safeguarding.conftest import signed_in
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, TrusteeFactory

pytestmark = pytest.mark.django_db


def anew(question):
    return Question.objects.get(pk=question.pk)


def named(question, person, by, now):
    return naming.name_person(question=question, person=person, by=by, now=now)


def sent(mailoutbox, now):
    while outbox.relay(now=now):
        pass
    return sorted(mail.to[0] for mail in mailoutbox)


def test_the_person_is_kept_out_and_its_words_are_held(about_staff, lead, ruth, now):
    note = named(about_staff, ruth, lead, now)
    assert Recusal.objects.get().person == ruth
    assert (LockedNote.objects.get().kept_from, "Ruth shouted at me." in note.words) == ([str(ruth.pk)], True)
    assert [line.note for line in board.cases(lead, now=now).lines] == [note]


def test_nobody_tells_them_and_the_trail_does_not_name_them(about_staff, lead, ruth, now, mailoutbox):
    named(about_staff, ruth, lead, now)
    assert sent(mailoutbox, now) == []
    trail = [(row.kind, row.facts) for row in history.of(about_staff.subject)]
    assert trail[-1] == ("somebody_named", {})
    assert not any(str(ruth.pk) in str([row.kind, row.actor, row.facts]) for row in history.of(about_staff.subject))
    assert not any(str(ruth.pk) in f"{row.key} {row.refs}" for row in OutboxRow.objects.all())


def test_what_they_are_offered_there_they_lose(about_staff, lead, advisor, now):
    Question.objects.filter(pk=about_staff.pk).update(offered_to=advisor)
    named(anew(about_staff), advisor, lead, now)
    assert anew(about_staff).offered_to is None


def test_a_note_that_stands_is_kept_as_it_is(about_staff, lead, ruth, record, now):
    record(by=lead, question=about_staff)
    before = LockedNote.objects.get()
    named(about_staff, ruth, lead, now)
    after = LockedNote.objects.get()
    assert (after.made_at, after.words, after.kept_from) == (before.made_at, before.words, [str(ruth.pk)])


def test_a_lead_who_names_themselves_hands_it_to_the_other_lead(about_staff, lead, now, mailoutbox):
    other = LeadFactory()
    named(about_staff, lead, lead, now)
    assert [roles.may_see(one, anew(about_staff)) for one in (lead, other)] == [False, True]
    assert [len(board.cases(one, now=now).lines) for one in (lead, other)] == [0, 1]
    assert sent(mailoutbox, now) == [other.email]


def test_without_another_lead_it_goes_to_the_trustee(about_staff, lead, trustee, now, mailoutbox):
    assert (roles.may_see(trustee, about_staff), board.cases(trustee, now=now).lines) == (False, [])
    named(about_staff, lead, lead, now)
    assert [roles.may_see(one, anew(about_staff)) for one in (lead, trustee)] == [False, True]
    assert [item.question for item in triaging.waiting(trustee, now=now).questions.items] == [about_staff]
    assert triaging.waiting(lead, now=now).questions.items == []
    assert sent(mailoutbox, now) == [trustee.email]


def test_where_nobody_would_be_left_it_is_refused(about_staff, lead, now):
    TrusteeFactory(is_active=False)
    with pytest.raises(Refused, match="Ask the manager to invite a second lead or a trustee first"):
        named(about_staff, lead, lead, now)
    assert (Recusal.objects.count(), LockedNote.objects.count(), roles.may_see(lead, about_staff)) == (0, 0, True)


def test_the_trustee_who_is_the_last_cannot_name_themselves(about_staff, lead, trustee, now):
    named(about_staff, lead, lead, now)
    with pytest.raises(Refused, match="Nobody else may read this case then"):
        named(about_staff, trustee, trustee, now)
    assert roles.may_see(trustee, anew(about_staff))


def test_the_trustee_still_reads_the_case_after_an_erasure_and_the_lead_does_not(about_staff, lead, trustee, now):
    named(about_staff, lead, lead, now)
    erasing.erase(anew(about_staff), by=moves.ASKER, now=now)
    assert [len(board.cases(one, now=now).lines) for one in (lead, trustee)] == [0, 1]


def test_named_twice_is_named_once(about_staff, lead, ruth, now):
    named(about_staff, ruth, lead, now)
    named(about_staff, ruth, lead, now)
    assert (Recusal.objects.count(), LockedNote.objects.count()) == (1, 1)


def test_only_somebody_who_works_here_and_only_in_a_case_about_staff(about_staff, question, lead, now):
    with pytest.raises(Refused, match="Choose somebody who works here now"):
        named(about_staff, PersonFactory(is_active=False), lead, now)
    with pytest.raises(Refused, match="This is no case about someone who works here"):
        named(question, PersonFactory(), lead, now)


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, ManagerFactory, TrusteeFactory])
def test_only_who_reads_the_case_names_somebody(about_staff, lead, advisor, make, now):
    with pytest.raises(Refused):
        named(about_staff, advisor, make(), now)
    assert Recusal.objects.count() == 0


def test_the_lead_names_somebody_on_the_page(about_staff, lead, ruth, trustee, noon):
    browser, triage = signed_in(lead), f"/review/{about_staff.pk}/triage/"
    where = f"/review/safeguarding/{about_staff.pk}/person/"
    assert f'action="{where}"' in browser.get(triage).content.decode()
    assert browser.post(where, {"person": ""}).status_code == 422
    assert browser.post(where, {"person": ruth.pk}).url == triage
    assert browser.post(where, {"person": lead.pk}).url == "/review/triage/"
    assert browser.get(triage).status_code == 403


def test_of_another_question_the_page_names_nobody(question, lead, ruth, noon):
    browser = signed_in(lead)
    assert b"whom it is about" not in browser.get(f"/review/{question.pk}/triage/").content
    assert browser.post(f"/review/safeguarding/{question.pk}/person/", {"person": ruth.pk}).status_code == 422


def test_a_case_about_two_is_kept_from_both(about_staff, lead, ruth, advisor, now):
    named(about_staff, ruth, lead, now)
    named(about_staff, advisor, lead, now)
    assert LockedNote.objects.get().kept_from == sorted([str(ruth.pk), str(advisor.pk)])


def test_whom_it_is_about_is_not_on_their_lists_when_they_become_a_lead(about_staff, lead, ruth, now):
    named(about_staff, ruth, lead, now)
    ruth.role = "lead"
    ruth.save()
    assert (roles.may_see(ruth, anew(about_staff)), board.cases(ruth, now=now).lines) == (False, [])
    assert not Question.objects.filter(seeing.visible(ruth)).exists()
    with pytest.raises(Refused):
        locking.lock_away(
            question=anew(about_staff), reason="Why.", last_day=now.date().replace(year=2027), by=ruth, now=now
        )


def test_who_holds_a_question_is_let_go_of_it(held, lead, advisor, ruth, now):
    Question.objects.filter(pk=held.pk).update(about_staff=True)
    named(anew(held), advisor, lead, now)
    assert anew(held).holder is None
    assert claiming.Claim.objects.get().released_at == now


def left(person, manager, now):
    leaving.leave(person=Person.objects.get(pk=person.pk), by=manager, now=now)


def test_whoever_alone_may_still_read_a_case_cannot_leave(about_staff, lead, trustee, manager, now):
    other = LeadFactory()
    named(about_staff, other, lead, now)
    claiming.recuse(question=about_staff, by=trustee, now=now)
    with pytest.raises(Refused, match="There is a case about a colleague that nobody else here may read then"):
        left(lead, manager, now)
    assert roles.may_see(Person.objects.get(pk=lead.pk), anew(about_staff))
    LeadFactory()
    left(lead, manager, now)


def test_nor_can_the_last_trustee_of_a_case_that_no_lead_reads(about_staff, lead, trustee, manager, now):
    named(about_staff, lead, lead, now)
    claiming.recuse(question=about_staff, by=TrusteeFactory(), now=now)
    with pytest.raises(Refused, match="nobody else here may read"):
        left(trustee, manager, now)
    LeadFactory()
    left(trustee, manager, now)
    assert not Person.objects.get(pk=trustee.pk).is_active


def test_the_note_of_an_erased_case_keeps_a_reader_too(about_staff, lead, trustee, manager, now):
    named(about_staff, lead, lead, now)
    named(about_staff, TrusteeFactory(), trustee, now)
    erasing.erase(anew(about_staff), by=moves.ASKER, now=now)
    with pytest.raises(Refused, match="nobody else here may read"):
        left(trustee, manager, now)
    LockedNote.objects.update(kept_from=[])
    left(trustee, manager, now)


def test_who_is_kept_from_the_case_leaves_as_everybody_does(about_staff, lead, trustee, manager, now):
    other = LeadFactory()
    named(about_staff, other, lead, now)
    left(other, manager, now)
    assert not Person.objects.get(pk=other.pk).is_active


@pytest.mark.parametrize(("role", "status"), [("manager", 422), ("supervisor", 422), ("lead", 302)])
def test_a_role_is_not_taken_from_its_last_reader(about_staff, lead, trustee, manager, noon, now, role, status):
    named(about_staff, lead, lead, now)
    claiming.recuse(question=about_staff, by=TrusteeFactory(), now=now)
    form = {"role": role, "seen": people.mark(trustee, "role")}
    answer = signed_in(manager).post(f"/manage/people/{trustee.pk}/role/", form)
    assert answer.status_code == status
    assert Person.objects.get(pk=trustee.pk).role == (role if status == 302 else "trustee")
