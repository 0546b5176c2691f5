"""Invitations: who may be invited, and that a link works once, in time, with a password that holds."""

import hashlib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from advisors import inviting
from advisors.models import Invitation, Person, Role
from askpeer import history, outbox
from askpeer.errors import Refused
from askpeer.models import OutboxRow
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
PASSWORD = "four herons at dawn"


@pytest.fixture
def manager():
    return ManagerFactory()


def invite(manager, now, **values):
    values = {"email": "new@askpeer.example", "alias": "Noor", "role": "advisor", "born_on": date(2007, 2, 1)} | values
    return inviting.invite(**values, by=manager, now=now)


def test_an_invitation_becomes_a_person_with_its_role_and_is_used_up(manager, now):
    invitation, token = invite(manager, now)
    person = inviting.accept(token=token, password=PASSWORD, now=now + timedelta(days=6))
    assert (person.email, person.alias, person.role, person.born_on) == (
        "new@askpeer.example",
        "Noor",
        "advisor",
        date(2007, 2, 1),
    )
    assert person.check_password(PASSWORD)
    assert person.trained_until is None
    with pytest.raises(Refused, match="used up or too old"):
        inviting.accept(token=token, password=PASSWORD, now=now + timedelta(days=6))
    assert Person.objects.filter(email="new@askpeer.example").count() == 1
    assert [entry.kind for entry in history.of(f"invitation:{invitation.pk}")] == ["invited"]
    assert [entry.kind for entry in history.of(person.name)] == ["joined"]


def test_a_link_ends_after_seven_days_to_the_second(manager, now):
    _, token = invite(manager, now)
    end = now + timedelta(days=7)
    assert inviting.find(token=token, now=end - timedelta(seconds=1)).alias == "Noor"
    with pytest.raises(Refused, match="used up or too old"):
        inviting.find(token=token, now=end)


def test_the_token_is_not_in_the_database(manager, now):
    invitation, token = invite(manager, now)
    row = Invitation.objects.values().get()
    assert bytes(row["digest"]) == hashlib.sha256(token.encode()).digest()
    assert [name for name, value in row.items() if token in str(value)] == []
    assert OutboxRow.objects.get().refs == {"invitation": invitation.pk}


def test_the_mail_carries_the_link_and_is_dropped_once_accepted(manager, now, settings):
    _, token = invite(manager, now)
    outbox.relay(now=now)
    assert [(message.to, message.subject) for message in mail.outbox] == [(["new@askpeer.example"], "Your invitation")]
    assert f"{settings.SITE_URL}/invitation/{token}/" in mail.outbox[0].body.splitlines()
    inviting.resend(invitation=Invitation.objects.get(), by=manager, now=now + timedelta(minutes=1))
    inviting.accept(token=token, password=PASSWORD, now=now + timedelta(minutes=2))
    outbox.relay(now=now + timedelta(minutes=2))
    assert len(mail.outbox) == 1
    assert list(OutboxRow.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "dropped"]


def test_sent_again_the_same_link_has_seven_new_days(manager, now):
    invitation, token = invite(manager, now)
    later = now + timedelta(days=20)
    inviting.resend(invitation=invitation, by=manager, now=later)
    assert inviting.find(token=token, now=later + timedelta(days=6)).pk == invitation.pk


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"born_on": date(2011, 11, 17)}, "Advisors are 15 or older."),
        ({"born_on": date(2030, 1, 1)}, "Advisors are 15 or older."),
        ({"born_on": date(1890, 1, 1)}, "Check the date of birth: the year is too long ago."),
        ({"born_on": None}, "An advisor needs a date of birth: under 18 brings its own rules."),
        ({"email": "nobody"}, "Check the address: it should look like name@example.org."),
        ({"email": "n@" + "long." * 60 + "org"}, "An address can have 254 characters at most."),
        ({"email": ""}, "Check the address: it should look like name@example.org."),
        ({"alias": "   "}, "Give them an alias: the name that everybody else here will see."),
        ({"alias": "n" * 41}, "An alias can have 40 characters at most. This one has 41."),
        ({"alias": "N\0"}, "There is a character in your text that we cannot store. Try typing that part again."),
        ({"role": "owner"}, "Choose a role from the list."),
        ({"alias": "taken"}, "Somebody here is already called taken. Choose another alias."),
        ({"email": "SOMEBODY@askpeer.example"}, "There is already somebody with this address."),
    ],
)
def test_what_will_not_do_is_refused_with_a_sentence(manager, now, values, sentence):
    PersonFactory(alias="Taken", email="somebody@askpeer.example")
    with pytest.raises(Refused) as refusal:
        invite(manager, now, **values)
    assert str(refusal.value) == sentence
    assert (Invitation.objects.count(), OutboxRow.objects.count()) == (0, 0)


def test_fifteen_today_is_old_enough(manager, now):
    invitation, _ = invite(manager, now, born_on=date(2011, 11, 16))
    assert invitation.born_on == date(2011, 11, 16)


def test_a_birth_date_is_kept_for_advisors_only(manager, now):
    invitation, _ = invite(manager, now, role=Role.SUPERVISOR)
    assert invitation.born_on is None


def test_one_address_has_one_open_invitation(manager, now):
    invite(manager, now)
    with pytest.raises(Refused, match="already has an open invitation"):
        invite(manager, now, alias="Other")


def test_only_a_manager_invites(now):
    with pytest.raises(Refused, match="Only a manager"):
        invite(SupervisorFactory(), now)


def test_an_address_taken_meanwhile_leaves_the_invitation_open(manager, now):
    _, token = invite(manager, now)
    PersonFactory(email="new@askpeer.example")
    with pytest.raises(Refused, match="already somebody"):
        inviting.accept(token=token, password=PASSWORD, now=now)
    assert Invitation.objects.get().accepted_at is None


def test_the_page_makes_a_person_who_signs_in_with_the_password(client, manager):
    _, token = invite(manager, timezone.now())
    assert client.get(f"/invitation/{token}/").status_code == 200
    response = client.post(f"/invitation/{token}/", {"password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    response = client.post("/accounts/login/", {"login": "new@askpeer.example", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/home/")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Choose a password."),
        ("short", "This password is too short. It must contain at least 12 characters."),
        ("passwordpassword" * 9, "Ensure this value has at most 128 characters (it has 144)."),
        ("new@askpeer.example", "The password is too similar to the email."),
    ],
)
def test_a_weak_password_is_a_sentence_and_the_link_still_works(client, manager, password, sentence):
    _, token = invite(manager, timezone.now())
    response = client.post(f"/invitation/{token}/", {"password": password})
    assert (response.status_code, response.context["form"].errors["password"]) == (422, [sentence])
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "ü", "a" * 3000])
def test_a_link_that_never_was_gets_a_sentence(client, token):
    response = client.get(f"/invitation/{token}/")
    assert (response.status_code, response.context["sentence"]) == (404, inviting.OVER)


def test_no_link_opens_the_invitation_that_has_its_id_after_a_restore(manager, now):
    invitation, token = invite(manager, now)
    inviting.resend(invitation=invitation, by=manager, now=now)
    Invitation.objects.filter(pk=invitation.pk).update(email="other@askpeer.example", role="manager", born_on=None)
    inviting.resend(invitation=Invitation.objects.get(), by=manager, now=now)
    with pytest.raises(Refused, match="used up or too old"):
        inviting.find(token=token, now=now)
    assert inviting.find(token=inviting.token_of(Invitation.objects.get()), now=now).role == "manager"


def test_open_invitations_end_and_open_again_once_they_are_sent_again(manager, now):
    invitation, token = invite(manager, now)
    assert [inviting.end_open(now=now) for _ in range(2)] == [1, 0]
    with pytest.raises(Refused, match="used up or too old"):
        inviting.accept(token=token, password=PASSWORD, now=now)
    inviting.resend(invitation=invitation, by=manager, now=now)
    assert inviting.find(token=token, now=now).pk == invitation.pk
