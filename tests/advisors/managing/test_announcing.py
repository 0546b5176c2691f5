"""Who hears by mail that somebody became a lead or trustee, or that their address is another."""

import pytest
from django.core import mail

from advisors import inviting
from advisors.managing import people
from advisors.models import Person
from askpeer import outbox
from askpeer.models import OutboxRow
from tests.advisors.managing.test_people import change
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, TrusteeFactory

PASSWORD = "correct horse battery staple"
WHICH = {"lead": "the safeguarding lead", "trustee": "a trustee"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]


@pytest.fixture
def lena(db):
    return LeadFactory(alias="Lena", email="lena@askpeer.example")


@pytest.fixture
def theo(db):
    return TrusteeFactory(alias="Theo", email="theo@askpeer.example")


def give(person, role, tom, now):
    mark = people.mark(person, "role")
    people.set_role(person=person, role=role, deputy=False, seen=mark, by=tom, now=now)


def rename(person, tom, now, *, email, alias=None):
    mark = people.mark(person, "who")
    return people.set_who(person=person, alias=alias or person.alias, email=email, seen=mark, by=tom, now=now).fields


def letters(now):
    outbox.relay(now=now)
    return sorted((message.to[0], message.subject, message.body.split("\n\n")[1]) for message in mail.outbox)


@pytest.mark.parametrize(("role", "which"), [("lead", "the safeguarding lead"), ("trustee", "a trustee")])
def test_of_a_new_lead_or_trustee_the_other_ones_hear(tom, lena, theo, now, role, which):
    LeadFactory(is_active=False)
    give(SupervisorFactory(alias="Ruth"), role, tom, now)
    said = f"Tom made Ruth {which}, who reads about colleagues. If you did not expect it, ask Ruth in person."
    assert letters(now) == [(one.email, "Somebody has a new role", said) for one in (lena, theo)]


@pytest.mark.parametrize(("role", "told"), [("lead", 2), ("trustee", 2), ("supervisor", 0), ("manager", 0)])
def test_of_one_who_comes_in_as_a_lead_or_trustee_they_hear_too(tom, lena, theo, now, role, told):
    """Else a manager who may give themselves no such role would invite another address of their own."""
    asked = {"email": "new@askpeer.example", "alias": "Ines", "role": role, "born_on": None}
    _invitation, token = inviting.invite(**asked, by=tom, now=now)
    OutboxRow.objects.all().delete()
    inviting.accept(token=token, email="new@askpeer.example", password=PASSWORD, now=now)
    found = letters(now)
    assert [to for to, *_ in found] == [lena.email, theo.email][:told]
    assert [body.partition(",")[0] for _, _, body in found] == [f"Tom made Ines {WHICH.get(role)}"] * told


@pytest.mark.parametrize("role", ["supervisor", "advisor", "manager"])
def test_of_any_other_role_nobody_hears(tom, lena, theo, now, role):
    LeadFactory()
    give(lena if role != "advisor" else PersonFactory(), role, tom, now)
    assert OutboxRow.objects.count() == 0


def test_a_role_that_is_another_by_now_is_not_told(tom, lena, theo, now):
    ruth = SupervisorFactory()
    give(ruth, "lead", tom, now)
    Person.objects.filter(pk=ruth.pk).update(role="supervisor")
    assert (letters(now), OutboxRow.objects.filter(state="dropped").count()) == ([], 2)


def test_who_reads_nothing_about_colleagues_any_more_hears_nothing(tom, lena, theo, now):
    give(SupervisorFactory(), "lead", tom, now)
    Person.objects.filter(pk=lena.pk).update(role="supervisor")
    Person.objects.filter(pk=theo.pk).update(is_active=False)
    assert letters(now) == []


def test_it_is_told_also_where_the_manager_has_left_since(tom, lena, now):
    give(SupervisorFactory(), "trustee", tom, now)
    Person.objects.filter(pk=tom.pk).update(is_active=False)
    assert [to for to, *_ in letters(now)] == [lena.email]


def test_of_another_address_they_the_leads_and_the_other_managers_hear(tom, lena, theo, now):
    mia = ManagerFactory(alias="Mia", email="mia@askpeer.example")
    sam = PersonFactory(alias="Sam", email="old@askpeer.example")
    assert rename(sam, tom, now, email="sam@askpeer.example") == ["email"]
    theirs = (
        "Tom changed your address here to this one. You sign in with it from now on. If you did not ask for it, talk "
        "to your lead."
    )
    others = (
        "Tom changed the address of Sam, who signs in with another one from now on. If you did not expect it, ask Sam "
        "in person."
    )
    assert letters(now) == [
        (lena.email, "Somebody has a new address", others),
        (mia.email, "Somebody has a new address", others),
        ("sam@askpeer.example", "Your new address", theirs),
    ]


def test_a_lead_whose_address_is_another_hears_once_and_nowhere_else(tom, lena, now):
    rename(lena, tom, now, email="new@askpeer.example")
    assert [(to, subject) for to, subject, _ in letters(now)] == [("new@askpeer.example", "Your new address")]


@pytest.mark.parametrize("whose", ["lead", "trustee"])
def test_of_another_address_of_a_lead_or_trustee_a_trustee_hears_too(tom, lena, theo, now, whose):
    """Where there is one manager and one lead, nobody else would: the only letter would go where the manager says."""
    rename(lena if whose == "lead" else TrusteeFactory(), tom, now, email="new@askpeer.example")
    others = [lena.email] if whose == "trustee" else []
    assert [to for to, *_ in letters(now)] == sorted(["new@askpeer.example", theo.email, *others])


def test_a_trustee_hears_nothing_once_it_is_no_leads_address_any_more(tom, lena, theo, now):
    rename(lena, tom, now, email="new@askpeer.example")
    Person.objects.filter(pk=lena.pk).update(role="supervisor")
    assert [to for to, *_ in letters(now)] == ["new@askpeer.example"]


def test_a_manager_who_changes_their_own_address_hears_of_it_too(tom, lena, now):
    rename(tom, tom, now, email="tom2@askpeer.example")
    assert [to for to, *_ in letters(now)] == [lena.email, "tom2@askpeer.example"]


def test_no_address_stands_in_what_waits(client, tom, lena, theo):
    change(client, lena, "who", email="new@askpeer.example")
    change(client, SupervisorFactory(), "role", role="lead")
    assert [sorted(row.refs) for row in OutboxRow.objects.order_by("pk")] == [
        ["by", "of", "person"],
        ["by", "of", "person"],
        ["by", "of", "person", "role"],
        ["by", "of", "person", "role"],
    ]
    assert [value for row in OutboxRow.objects.all() for value in row.refs.values() if "@" in value] == []


def test_another_alias_alone_is_no_letter(tom, lena, now):
    assert rename(PersonFactory(alias="Sam"), tom, now, email="sam@askpeer.example", alias="Samira") != ["alias"]
    OutboxRow.objects.all().delete()
    kim = PersonFactory(alias="Kim")
    assert (rename(kim, tom, now, email=kim.email, alias="Kimi"), OutboxRow.objects.count()) == (["alias"], 0)
