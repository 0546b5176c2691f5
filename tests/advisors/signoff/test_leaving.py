import pytest

from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import leaving, reviewing
from advisors.signoff.models import Approval, Reviewing
from askpeer import history
from askpeer.errors import Refused, Stale
from tests.advisors.signoff.conftest import row, signed_in
from tests.factories import FINE, ManagerFactory

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


def test_every_session_ends(calendar, now, ruth, omar, manager):
    theirs, other = signed_in(ruth), signed_in(omar)
    leaving.leave(person=ruth, by=manager, now=now)
    assert (theirs.get("/review/").status_code, other.get("/review/").status_code) == (302, 200)


def test_only_another_manager_ends_a_persons_work(calendar, now, ruth, lead, manager):
    for person, by in ((lead, ruth), (ruth, lead), (manager, manager)):
        with pytest.raises(Refused, match="manager"):
            leaving.leave(person=person, by=by, now=now)
    assert Person.objects.filter(is_active=False).count() == 0


def test_leaving_twice_is_stale(calendar, now, ruth, manager):
    leaving.leave(person=ruth, by=manager, now=now)
    with pytest.raises(Stale, match="already left"):
        leaving.leave(person=Person.objects.get(pk=ruth.pk), by=manager, now=now)
