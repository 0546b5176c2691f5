"""How we work here: agreed to in the wording that was read, once, and again when there is a newer one."""

from datetime import date, timedelta
from functools import partial

import pytest

from advisors import roles
from advisors.models import AGREEMENT, Person
from advisors.team import agreeing
from askpeer import history
from askpeer.errors import Refused, Stale
from tests.factories import ManagerFactory, PersonFactory, TrusteeFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db
ALL = {clause.name for clause in agreeing.CLAUSES}
SIX = ["confidential", "kind", "limits", "safe", "yourself", "leaving"]


@pytest.fixture
def noor(calendar):
    return PersonFactory(alias="Noor", agreed_on=None, agreed_to="")


def again(person):
    return Person.objects.get(pk=person.pk)


def test_there_are_six_and_each_has_to_be_ticked(noor, now):
    assert [clause.name for clause in agreeing.CLAUSES] == SIX
    for name in SIX:
        with pytest.raises(Refused, match="Tick each of the six"):
            agreeing.agree(person=noor, wording=AGREEMENT, ticked=ALL - {name}, now=now)
    assert again(noor).agreed_on is None


def test_agreed_once_they_may_claim_and_the_trail_has_the_wording(noor, now):
    assert roles.why_not_write(noor, now=now).startswith("Read how we work here and agree to it first.")
    assert agreeing.agree(person=noor, wording=AGREEMENT, ticked=ALL, now=now) is True
    assert agreeing.agree(person=noor, wording=AGREEMENT, ticked=ALL, now=now + timedelta(days=1)) is False
    kept = again(noor)
    assert (kept.agreed_on, kept.agreed_to, roles.why_not_write(kept, now=now)) == (date(2026, 11, 16), AGREEMENT, "")
    assert [(entry.kind, entry.facts) for entry in history.of(noor.name)] == [("agreed", {"wording": AGREEMENT})]


def test_a_newer_wording_asks_again(calendar, now):
    person = PersonFactory(agreed_to="2025-01")
    assert roles.why_not_write(person, now=now).startswith("How we work here has changed.")
    with pytest.raises(Stale, match="wording changed while you were reading"):
        agreeing.agree(person=person, wording="2025-01", ticked=ALL, now=now)
    assert agreeing.agree(person=person, wording=AGREEMENT, ticked=ALL, now=now) is True
    assert roles.why_not_write(again(person), now=now) == ""


def test_pressed_twice_at_once_it_is_written_down_once(noor, now):
    act = partial(agreeing.agree, person=noor, wording=AGREEMENT, ticked=ALL, now=now)
    with before("UPDATE", "advisors_person", act):
        assert act() is False
    assert [entry.kind for entry in history.of(noor.name)] == ["agreed"]


def test_the_page_takes_all_six_and_names_what_is_missing(browser, noor):
    client = browser(noor)
    assert client.get("/home/")["Location"] == "/desk/welcome/"
    refused = client.post("/desk/agreement/", {"wording": AGREEMENT} | dict.fromkeys(SIX[:5], "on"))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["leaving"])
    assert refused.context["form"]["kind"].value() is True
    stale = client.post("/desk/agreement/", {"wording": "2025-01"} | dict.fromkeys(SIX, "on"))
    assert (stale.status_code, again(noor).agreed_on) == (409, None)
    done = client.post("/desk/agreement/", {"wording": AGREEMENT} | dict.fromkeys(SIX, "on"))
    assert (done.status_code, done["Location"]) == (302, "/desk/welcome/")
    assert client.get("/home/")["Location"] == "/desk/"


def test_a_manager_may_agree_too_and_a_trustee_has_no_such_page(browser, now):
    assert browser(ManagerFactory()).get("/desk/agreement/").status_code == 200
    trustee = TrusteeFactory()
    assert browser(trustee).get("/desk/agreement/").status_code == 403
    with pytest.raises(Refused, match="not part of your role"):
        agreeing.agree(person=trustee, wording=AGREEMENT, ticked=ALL, now=now)
