"""Invitations: who may be invited, and that a link works once, in time, with a password that holds."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from advisors import inviting
from advisors.models import Invitation, Person, Role
from advisors.signoff import leaving
from askpeer import history, outbox
from askpeer.errors import Refused
from askpeer.models import OutboxRow
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db
PASSWORD = "four herons at dawn"
ADDRESS = "new@askpeer.example"
YOUNG = date(2011, 11, 16)  # fifteen today


@pytest.fixture
def manager():
    return ManagerFactory(alias="Mia")


def invite(manager, now, **values):
    values = {"email": "new@askpeer.example", "alias": "Noor", "role": "advisor", "born_on": date(2007, 2, 1)} | values
    return inviting.invite(**values, by=manager, now=now)


def test_an_invitation_becomes_a_person_with_its_role_and_is_used_up(manager, now):
    invitation, token = invite(manager, now)
    person = inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now + timedelta(days=6))
    assert (person.email, person.alias, person.role, person.born_on) == (
        "new@askpeer.example",
        "Noor",
        "advisor",
        date(2007, 2, 1),
    )
    assert person.check_password(PASSWORD)
    assert person.trained_until is None
    with pytest.raises(Refused, match="was used already"):
        inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now + timedelta(days=6))
    assert Person.objects.filter(email="new@askpeer.example").count() == 1
    assert [entry.kind for entry in history.of(f"invitation:{invitation.pk}")] == ["invited"]
    assert [entry.kind for entry in history.of(person.name)] == ["joined"]


def test_a_link_ends_after_seven_days_to_the_second(manager, now):
    _, token = invite(manager, now)
    end = now + timedelta(days=7)
    assert inviting.find(token=token, now=end - timedelta(seconds=1)).alias == "Noor"
    with pytest.raises(Refused) as refusal:
        inviting.find(token=token, now=end)
    assert str(refusal.value) == "This link ran out on 23 November. Ask Mia, who invited you, to send it again."


def test_its_last_day_is_that_of_the_services_own_clock(manager):
    late = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)  # half past midnight there
    _, token = invite(manager, late)
    outbox.relay(now=late)
    assert "The link works once, until 14 July." in mail.outbox[0].body
    with pytest.raises(Refused, match="This link ran out on 14 July"):
        inviting.find(token=token, now=late + timedelta(days=7))


def test_after_twenty_tries_a_quarter_of_an_hour_goes_by_before_the_link_opens(client, manager, now, store):
    _, token = invite(manager, now)
    path, guessed = f"/invitation/{token}/", {"email": "guess@askpeer.example", "password": PASSWORD}
    with time_machine.travel(now, tick=False) as clock:
        said = [client.post(path, guessed).content.decode() for _ in range(21)]
        right = client.post(path, guessed | {"email": ADDRESS})
        clock.shift(timedelta(minutes=15))
        assert client.post(path, guessed | {"email": ADDRESS})["Location"] == "/accounts/login/"
    assert ["That was a lot of tries" in page for page in said] == [False] * 20 + [True]
    assert (right.status_code, ADDRESS in right.content.decode()) == (422, True)


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
    inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now + timedelta(minutes=2))
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
        ({"born_on": YOUNG}, "Under 16 a guardian has to say yes first. Type the guardian's address."),
        (
            {"born_on": date(2010, 11, 17), "guardian_email": "  "},
            "Under 16 a guardian has to say yes first. Type the guardian's address.",
        ),
        (
            {"born_on": YOUNG, "guardian_email": "NEW@askpeer.example"},
            "This is their own address. Type the guardian's: nobody says yes for themselves.",
        ),
        ({"born_on": YOUNG, "guardian_email": "mum"}, "Check the address: it should look like name@example.org."),
    ],
)
def test_what_will_not_do_is_refused_with_a_sentence(manager, now, values, sentence):
    PersonFactory(alias="Taken", email="somebody@askpeer.example")
    with pytest.raises(Refused) as refusal:
        invite(manager, now, **values)
    assert str(refusal.value) == sentence
    assert (Invitation.objects.count(), OutboxRow.objects.count()) == (0, 0)


def test_fifteen_today_is_old_enough(manager, now):
    invitation, _ = invite(manager, now, born_on=YOUNG, guardian_email=" Mum@Example.org ")
    assert (invitation.born_on, invitation.guardian_email) == (YOUNG, "mum@example.org")


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
        inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    assert Invitation.objects.get().accepted_at is None


def test_the_page_makes_a_person_who_signs_in_with_the_password(client, manager):
    _, token = invite(manager, timezone.now())
    assert client.get(f"/invitation/{token}/").status_code == 200
    response = client.post(f"/invitation/{token}/", {"email": ADDRESS, "password": PASSWORD})
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
        ("1q2w3e4r5t6y", "This password is too common."),
        ("supervisor-26", "This password leans on words of the service itself. Choose others."),
    ],
)
def test_a_weak_password_is_a_sentence_and_the_link_still_works(client, manager, password, sentence):
    _, token = invite(manager, timezone.now())
    response = client.post(f"/invitation/{token}/", {"email": ADDRESS, "password": password})
    assert (response.status_code, response.context["form"].errors["password"]) == (422, [sentence])
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "ü", "a" * 3000])
def test_a_link_that_never_was_gets_a_sentence(client, token):
    response = client.get(f"/invitation/{token}/")
    assert (response.status_code, response.context["sentence"]) == (404, inviting.UNKNOWN)


def test_no_link_opens_the_invitation_that_has_its_id_after_a_restore(manager, now):
    invitation, token = invite(manager, now)
    inviting.resend(invitation=invitation, by=manager, now=now)
    Invitation.objects.filter(pk=invitation.pk).update(email="other@askpeer.example", role="manager", born_on=None)
    inviting.resend(invitation=Invitation.objects.get(), by=manager, now=now)
    with pytest.raises(Refused, match="doesn't open anything"):
        inviting.find(token=token, now=now)
    assert inviting.find(token=inviting.token_of(Invitation.objects.get()), now=now).role == "manager"


def test_open_invitations_end_and_open_again_once_they_are_sent_again(manager, now):
    invitation, token = invite(manager, now)
    assert [inviting.end_open(now=now) for _ in range(2)] == [1, 0]
    with pytest.raises(Refused, match="ran out on 16 November"):
        inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    inviting.resend(invitation=invitation, by=manager, now=now)
    assert inviting.find(token=token, now=now).pk == invitation.pk


def test_who_is_sixteen_or_no_advisor_is_asked_for_no_guardian(manager, now):
    rows = [
        invite(manager, now, born_on=date(2010, 11, 16), guardian_email="mum@example.org"),
        invite(manager, now, email="s@example.org", alias="S", role="supervisor", born_on=YOUNG, guardian_email="x"),
    ]
    assert [invitation.guardian_email for invitation, _ in rows] == ["", ""]


def test_accepted_under_16_the_guardian_is_asked_and_the_invitation_forgets_their_address(manager, now):
    _, token = invite(manager, now, born_on=YOUNG, guardian_email="mum@example.org")
    person = inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    asked = person.guardian_requests.values_list("email", "expires_at", "answered_at").get()
    assert asked == ("mum@example.org", now + timedelta(days=14), None)
    assert Invitation.objects.get().guardian_email == ""
    assert [entry.kind for entry in history.of(person.name)] == ["joined", "guardian asked"]


def test_whoever_turns_sixteen_before_they_accept_needs_nobodys_yes(manager, now):
    _, token = invite(manager, now, born_on=date(2010, 11, 17), guardian_email="mum@example.org")
    person = inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now + timedelta(days=1))
    assert (person.guardian_requests.count(), Invitation.objects.get().guardian_email) == (0, "")


@pytest.mark.parametrize("typed", [ADDRESS, "  NEW@AskPeer.example "])
def test_the_invited_address_is_taken_in_any_case(manager, now, typed):
    _, token = invite(manager, now)
    assert inviting.accept(token=token, email=typed, password=PASSWORD, now=now).email == ADDRESS


@pytest.mark.parametrize("typed", ["other@askpeer.example", "new@askpeer.exampl", "n\0ew@askpeer.example", "\ud800"])
def test_somebody_elses_address_is_refused_and_nothing_is_used_up(manager, now, typed):
    _, token = invite(manager, now)
    with pytest.raises(Refused) as refusal:
        inviting.accept(token=token, email=typed, password="short", now=now)
    assert str(refusal.value) == inviting.ANOTHERS
    assert (Invitation.objects.get().accepted_at, Person.objects.filter(role="advisor").count()) == (None, 0)


def test_the_page_never_shows_the_address_whatever_is_typed(client, manager):
    _, token = invite(manager, timezone.now())
    form = {"email": "other@example.org", "password": PASSWORD}
    answers = [client.get(f"/invitation/{token}/"), client.post(f"/invitation/{token}/", form)]
    assert [answer.status_code for answer in answers] == [200, 422]
    assert answers[1].context["form"].errors == {"email": [inviting.ANOTHERS]}
    assert [ADDRESS in answer.content.decode() for answer in answers] == [False, False]


def test_guessing_the_address_is_slowed_down(client, manager):
    _, token = invite(manager, timezone.now())
    form = {"email": "other@example.org", "password": PASSWORD}
    with time_machine.travel(timezone.now(), tick=False):
        said = [client.post(f"/invitation/{token}/", form).context["form"].errors for _ in range(21)]
    assert said[:20] == [{"email": [inviting.ANOTHERS]}] * 20
    assert said[20] == {"__all__": ["That was a lot of tries. Wait fifteen minutes, then try again."]}


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_signed_in_is_told_so_and_nothing_is_used_up(client, manager, method, settings):
    settings.SECOND_FACTOR = False
    _, token = invite(manager, timezone.now())
    client.force_login(PersonFactory(alias="Sam"))
    response = getattr(client, method)(f"/invitation/{token}/", {"email": ADDRESS, "password": PASSWORD})
    assert response.status_code == 403
    assert "You are signed in as Sam." in response.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_a_used_link_says_so_and_leads_to_signing_in(client, manager, now):
    _, token = invite(manager, now)
    inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    response = client.get(f"/invitation/{token}/")
    assert (response.status_code, response.context["sentence"]) == (404, inviting.USED)
    assert 'href="/accounts/login/"' in response.content.decode()


def test_an_invitation_that_is_taken_back_is_gone_with_its_mail(manager, now):
    invitation, token = invite(manager, now)
    inviting.withdraw(invitation=invitation, by=manager, now=now)
    outbox.relay(now=now)
    assert mail.outbox == []
    assert (Invitation.objects.count(), OutboxRow.objects.get().state) == (0, "dropped")
    with pytest.raises(Refused) as refusal:
        inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    assert str(refusal.value) == inviting.UNKNOWN
    assert [entry.kind for entry in history.of(f"invitation:{invitation.pk}")] == ["invited", "invitation withdrawn"]


def test_only_a_manager_takes_back_what_nobody_accepted(manager, now):
    invitation, token = invite(manager, now)
    with pytest.raises(Refused, match="Only a manager"):
        inviting.withdraw(invitation=invitation, by=SupervisorFactory(), now=now)
    inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    with pytest.raises(Refused, match="was accepted, so it cannot be taken back"):
        inviting.withdraw(invitation=invitation, by=manager, now=now)
    assert Invitation.objects.count() == 1


def test_taken_back_in_the_middle_of_an_acceptance_nobody_joins(manager, now):
    invitation, token = invite(manager, now)
    act = partial(inviting.withdraw, invitation=invitation, by=manager, now=now)
    with before("UPDATE", "advisors_invitation", act), pytest.raises(Refused, match="doesn't open anything"):
        inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    assert Person.objects.filter(email=ADDRESS).count() == 0


def test_what_became_somebody_elses_meanwhile_is_not_sent_again(manager, now):
    invitation, _ = invite(manager, now - timedelta(days=8))
    there = PersonFactory(email="New@askpeer.example")
    with pytest.raises(Refused, match="There is already somebody with this address"):
        inviting.resend(invitation=invitation, by=manager, now=now)
    Person.objects.filter(pk=there.pk).update(email="other@askpeer.example", alias="noor")
    with pytest.raises(Refused, match="Somebody here is already called Noor"):
        inviting.resend(invitation=invitation, by=manager, now=now)
    Person.objects.filter(pk=there.pk).update(alias="Pat")
    invite(manager, now, alias="Kim")
    with pytest.raises(Refused, match="already has an open invitation"):
        inviting.resend(invitation=invitation, by=manager, now=now)
    assert Invitation.objects.get(pk=invitation.pk).expires_at == now - timedelta(days=1)


def test_nobody_joins_under_an_alias_that_somebody_took_meanwhile(manager, now):
    _, token = invite(manager, now)
    PersonFactory(alias="NOOR")
    with pytest.raises(Refused) as refusal:
        inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    sentence = (
        "Somebody else here is called Noor by now. Ask Mia, who invited you, for an invitation with another alias."
    )
    assert str(refusal.value) == sentence
    assert Invitation.objects.get().accepted_at is None


def test_of_two_links_of_one_address_used_at_once_one_lets_in(manager, now):
    _, token = invite(manager, now)
    there = partial(PersonFactory, email=ADDRESS)
    with before("INSERT", "advisors_person", there), pytest.raises(Refused) as refusal:
        inviting.accept(token=token, email=ADDRESS, password=PASSWORD, now=now)
    assert str(refusal.value) == inviting.ALREADY_HERE


def test_with_the_manager_who_sent_them_open_invitations_end_until_another_sends_them(manager, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    _, token = invite(manager, now)
    other = ManagerFactory(alias="Max")
    _, others = invite(other, now, email="kim@askpeer.example", alias="Kim")
    leaving.leave(person=manager, by=other, now=now)
    with pytest.raises(Refused) as refusal:
        inviting.find(token=token, now=now)
    assert str(refusal.value) == "This link ran out on 16 November. Ask a manager here to send it again."
    assert inviting.find(token=others, now=now).alias == "Kim"
    inviting.resend(invitation=Invitation.objects.get(email=ADDRESS), by=other, now=now)
    assert inviting.find(token=token, now=now).invited_by == other
