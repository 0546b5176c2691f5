"""The first manager of a new service, whom nobody invites."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from advisors import beginning
from advisors.models import Invitation, Person, Role
from askpeer import history
from askpeer.errors import Refused
from questions.partners.models import Hook, PartnerKey
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "mia@askpeer.example", "four herons at dawn"


@pytest.fixture
def clock(now, calendar):
    with time_machine.travel(now, tick=False) as found:
        yield found


def begin(email=EMAIL, alias="Mia"):
    """Run the command; return the path of the link that it prints."""
    said = StringIO()
    call_command("first_manager", email, alias, stdout=said)
    line, link = said.getvalue().splitlines()
    assert line == f"{alias} chooses a password here, once and within three days:"
    return link.removeprefix("http://localhost:8000")


def choose(client, link):
    """Open the link and type a password; whether there was a form to type it into."""
    page = client.get(link, follow=True)
    if "Choose a new password" not in page.content.decode():
        return False
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    return True


def test_a_new_service_has_nobody_in_it():
    assert [model.objects.count() for model in (Person, Invitation, PartnerKey, Hook)] == [0] * 4


def test_the_link_leads_to_a_password_once(client, clock):
    link = begin()
    assert choose(client, link)
    person = Person.objects.get()
    assert (person.email, person.alias, person.role, person.is_active) == (EMAIL, "Mia", Role.MANAGER, True)
    assert authenticate(email=EMAIL, password=PASSWORD) == person
    assert not choose(client, link)
    told = [(entry.kind, entry.actor, entry.facts) for entry in history.of(person.name)]
    assert told == [("joined", "service", {"role": "manager"}), ("password changed", person.name, {})]


def test_it_ends_after_three_days_to_the_second_and_the_command_gives_another(client, clock):
    link = begin()
    clock.shift(timedelta(days=3, seconds=1))
    assert not choose(client, link)
    assert choose(client, begin())
    assert Person.objects.count() == 1


def test_on_its_last_second_it_opens(client, clock):
    link = begin()
    clock.shift(timedelta(days=3))
    assert choose(client, link)


def test_where_a_manager_has_a_password_nobody_comes_in_by_the_command(client, clock):
    choose(client, begin())
    for email in (EMAIL, "other@askpeer.example"):
        with pytest.raises(CommandError, match=re.escape(beginning.BEGUN)):
            call_command("first_manager", email, "Mia")


def test_while_the_first_has_no_password_yet_there_is_no_second(clock, now):
    begin()
    with pytest.raises(Refused, match=re.escape(beginning.BEGUN)):
        beginning.begin(email="other@askpeer.example", alias="Tom", now=now)
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "alias", "said"),
    [
        ("mia", "Mia", "Check the address: it should look like name@example.org."),
        (f"{'m' * 250}@askpeer.example", "Mia", "An address can have 254 characters at most."),
        ("mia@askpeer.example\0", "Mia", "Check the address: it should look like name@example.org."),
        ("\ud800@askpeer.example", "Mia", "Check the address: it should look like name@example.org."),
        ("ash@askpeer.example", "Mia", "There is already somebody with this address."),
        (EMAIL, " ", "Give them an alias: the name that everybody else here will see."),
        (EMAIL, "M" * 41, "An alias can have 40 characters at most. This one has 41."),
        (EMAIL, "ash", "Somebody here is already called ash. Choose another alias."),
    ],
)
def test_what_will_not_do_is_said_and_makes_nobody(calendar, now, email, alias, said):
    PersonFactory(email="ash@askpeer.example", alias="Ash")
    with pytest.raises(Refused) as refusal:
        beginning.begin(email=email, alias=alias, now=now)
    assert str(refusal.value) == said
    assert Person.objects.count() == 1
