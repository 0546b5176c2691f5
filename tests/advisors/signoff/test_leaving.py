import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured

from advisors import inviting
from advisors.drafting.models import Draft, DraftVersion
from advisors.managing import people, people_said
from advisors.models import Person
from advisors.signoff import leaving, reviewing
from advisors.signoff.models import Approval, Reviewing
from advisors.team.models import SupportCall
from askpeer import checks, history, ledger
from askpeer.errors import Refused, Stale
from tests.advisors.signoff.conftest import row, signed_in
from tests.factories import FINE, ManagerFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return ManagerFactory()


def test_leaving_lets_go_of_the_questions_and_keeps_the_drafts(in_review, now, advisor, manager):
    draft = in_review()
    assert leaving.leave(person=advisor, by=manager, now=now) == 1
    assert (row(draft).holder, Draft.objects.count(), DraftVersion.objects.get().writer) == (None, 1, advisor)
    person = Person.objects.get(pk=advisor.pk)
    assert (person.is_active, person.has_usable_password()) == (False, False)
    assert history.of(advisor.name)[0].facts == {"released": 1}


def test_a_signature_on_an_answer_not_yet_sent_is_voided_and_one_that_was_sent_stays(in_review, now, ruth, manager):
    sent, waiting = in_review(), in_review(level="red")
    for draft in (sent, waiting):
        reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    reviewing.start(draft=waiting, by=ruth, now=now)
    leaving.leave(person=ruth, by=manager, now=now)
    voided = {approval.version.draft_id: approval.voided_at for approval in Approval.objects.select_related("version")}
    assert (voided, Reviewing.objects.count()) == ({sent.pk: None, waiting.pk: now}, 0)


def test_the_page_before_counts_the_signatures_that_end_and_no_other(in_review, now, ruth, omar, manager):
    """A question back to its asker is sent, though the answer of its round is not: omar's yes to it stands."""
    asking_back = in_review(kind="clarification", text="Is there one person you like there?", email="x@example.org")
    for draft in (in_review(), asking_back, in_review(level="red")):
        reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    assert people_said.holds(omar, now=now).signatures == 1
    leaving.leave(person=omar, by=manager, now=now)
    assert Approval.objects.filter(approver=omar).exclude(voided_at=None).count() == 1


def test_every_session_ends(calendar, now, ruth, omar, manager):
    theirs, other = signed_in(ruth), signed_in(omar)
    leaving.leave(person=ruth, by=manager, now=now)
    assert (theirs.get("/review/").status_code, other.get("/review/").status_code) == (302, 200)


def test_who_left_after_the_backup_is_shut_out_again(in_review, now, advisor, manager, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    draft = in_review()
    checks.refuse_to_serve_unfit()
    leaving.leave(person=advisor, by=manager, now=now)
    assert settings.LEDGER.read_text() == f"{now.isoformat()} {advisor.name}\n"
    Person.objects.filter(pk=advisor.pk).update(is_active=True, password=make_password("as it was"))
    with pytest.raises(ImproperlyConfigured) as refusal:
        checks.refuse_to_serve_unfit()
    assert str(refusal.value) == (
        "1 people who have left can sign in again. Run manage.py restore --replay, which shuts them out anew."
    )
    assert [leaving.replay_ledger(now=now) for _ in range(2)] == [1, 0]
    person = Person.objects.get(pk=advisor.pk)
    assert (person.is_active, person.has_usable_password(), row(draft).holder) == (False, False, None)
    checks.refuse_to_serve_unfit()


def test_only_another_manager_ends_a_persons_work(calendar, now, ruth, lead, manager):
    for person, by in ((lead, ruth), (ruth, lead), (manager, manager)):
        with pytest.raises(Refused, match="manager"):
            leaving.leave(person=person, by=by, now=now)
    assert Person.objects.filter(is_active=False).count() == 0


def test_whoever_became_the_only_lead_a_moment_ago_stays(calendar, now, ruth, lead, manager):
    read_before, other = Person.objects.get(pk=ruth.pk), ManagerFactory()
    role = {"deputy": False, "by": other, "now": now}
    people.set_role(person=ruth, role="lead", seen=people.mark(ruth, "role"), **role)
    people.set_role(person=lead, role="supervisor", seen=people.mark(lead, "role"), **role)
    with pytest.raises(Refused, match="This is the only safeguarding lead"):
        leaving.leave(person=read_before, by=manager, now=now)
    assert Person.objects.filter(role="lead", is_active=True).exists()


def test_leaving_twice_is_stale(calendar, now, ruth, manager):
    leaving.leave(person=ruth, by=manager, now=now)
    with pytest.raises(Stale, match="already left"):
        leaving.leave(person=Person.objects.get(pk=ruth.pk), by=manager, now=now)


def test_who_is_shut_out_again_is_nobodys_buddy_and_signs_nothing(in_review, now, ruth, manager, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    friend, theirs = PersonFactory(buddy=ruth), signed_in(ruth)
    call = SupportCall.objects.create(person=ruth, called_at=now)
    ledger.record(ruth.name, now=now)
    assert leaving.replay_ledger(now=now) == 1
    assert (Person.objects.get(pk=friend.pk).buddy, Approval.objects.get().voided_at) == (None, now)
    assert theirs.get("/review/").status_code == 302
    assert SupportCall.objects.get(pk=call.pk).answered_at is None


def test_a_replay_ends_open_invitations(manager, now):
    values = {"email": "new@askpeer.example", "alias": "Noor", "role": "supervisor", "born_on": None}
    _, token = inviting.invite(**values, by=manager, now=now)
    leaving.replay_ledger(now=now)
    with pytest.raises(Refused, match="ran out on 16 November"):
        inviting.find(token=token, now=now)


def test_nobody_leaves_while_the_ledger_cannot_be_written(calendar, now, ruth, manager, settings, tmp_path):
    settings.LEDGER = tmp_path
    with pytest.raises(Refused, match="Nothing has changed"):
        leaving.leave(person=ruth, by=manager, now=now)
    assert Person.objects.get(pk=ruth.pk).is_active is True


def test_a_ledger_that_begins_anew_names_who_has_left(calendar, now, ruth, manager, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    leaving.leave(person=ruth, by=manager, now=now)
    settings.LEDGER.unlink()
    assert [ledger.record_all(leaving.lost(), now=now) for _ in range(2)] == [1, 0]
    assert ledger.subjects() == {ruth.name}
