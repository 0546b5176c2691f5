"""The door: what the log and the trail know of it, where one is signed in, and what a password may not lean on."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from advisors import sessions
from advisors.adapter import SealedFactors
from advisors.models import Person
from askpeer import history, vault
from tests.factories import NOW, PASSWORD, PersonFactory, SupervisorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HERE = "/accounts/places/"


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sam():
    return PersonFactory(alias="Sam", email="sam@askpeer.example")


@pytest.fixture
def door():
    """What the log of the door says, each with whom it names."""
    said, log = [], logging.getLogger("askpeer.door")
    handler = logging.Handler()
    handler.emit = lambda record: said.append((record.getMessage(), getattr(record, "subject", "")))
    log.addHandler(handler)
    yield said
    log.removeHandler(handler)


def sign_in(client, person, password=PASSWORD):
    return client.post("/accounts/login/", {"login": person.email, "password": password})


def test_who_comes_and_goes_is_in_the_log_and_whoever_is_refused_is_named_by_nothing(client, sam, door):
    sign_in(client, sam, "my own other password")
    sign_in(client, sam)
    client.post("/accounts/logout/")
    assert door == [("sign-in refused", ""), ("signed in", sam.name), ("signed out", sam.name)]


def test_a_page_that_is_not_theirs_is_in_the_log_with_who_asked(client, sam, door):
    client.force_login(sam, backend=BACKEND)
    door.clear()
    assert (client.get("/manage/").status_code, door) == (403, [("refused", sam.name)])


def test_a_new_password_is_in_the_trail(client, sam):
    sign_in(client, sam)
    new = {"oldpassword": PASSWORD, "password1": "four words of my own", "password2": "four words of my own"}
    client.post("/accounts/password/change/", new)
    assert [(entry.kind, entry.actor) for entry in history.of(sam.name)] == [("password changed", sam.name)]


def test_everywhere_else_ends_and_here_goes_on(client, sam):
    elsewhere, stranger, other = Client(), Client(), PersonFactory()
    for browser, person in ((client, sam), (elsewhere, sam), (stranger, other)):
        browser.force_login(person, backend=BACKEND)
        browser.get(HERE)
    page = client.post(HERE, follow=True).content.decode()
    assert "Signed out in 1 other place." in page
    assert [browser.get(HERE).status_code for browser in (client, elsewhere, stranger)] == [200, 302, 200]


def test_the_places_are_this_one_first_then_by_when_they_were_used(sam):
    with time_machine.travel(NOW, tick=False) as clock:
        browsers = [Client() for _ in range(3)]
        for browser in browsers:
            browser.force_login(sam, backend=BACKEND)
            clock.shift(timedelta(minutes=2))
            browser.get(HERE)
        seen = sessions.places(sam, this=browsers[0].session.session_key, now=NOW + timedelta(minutes=6))
    minutes = [(place.seen - NOW) // timedelta(minutes=1) for place in seen]
    assert ([place.is_this for place in seen], minutes) == ([True, False, False], [2, 6, 4])


def test_the_places_are_read_by_the_services_own_clock(client, sam):
    with time_machine.travel(datetime(2026, 7, 6, 23, 30, tzinfo=UTC), tick=False):
        for browser in (Client(), client):
            browser.force_login(sam, backend=BACKEND)
            browser.get(HERE)
        page = client.get(HERE).content.decode()
    assert "<b>Here</b>, since Tue 7 Jul, 00:30</li>" in page
    assert "Somewhere else, since Tue 7 Jul, 00:30, last used Tue 7 Jul, 00:30</li>" in page


def test_twelve_hours_end_a_session_however_busy_and_not_a_second_before(client, sam):
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(sam, backend=BACKEND)
        answers = [client.get(HERE).status_code]
        for _ in range(35):
            clock.shift(timedelta(minutes=20))
            answers.append(client.get(HERE).status_code)
        clock.move_to(NOW + timedelta(hours=12, seconds=-1))
        answers.append(client.get(HERE).status_code)
        assert set(answers) == {200}
        clock.move_to(NOW + timedelta(hours=12, seconds=1))
        assert client.get(HERE).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_asks_for_a_page_each_second_is_out_at_the_twelfth_hour_too(client, sam, method):
    end = NOW + timedelta(hours=12)
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(sam, backend=BACKEND)
        client.get(HERE)
        for minutes in range(20, 720, 20):
            clock.move_to(NOW + timedelta(minutes=minutes))
            client.get(HERE)
        clock.move_to(end - timedelta(seconds=0.5))
        assert client.get(HERE).status_code == 200
        clock.move_to(end + timedelta(seconds=0.2))  # what was asked for half a second ago is not over yet
        assert getattr(client, method)(HERE)["Location"].startswith("/accounts/login/?next=")
        assert Session.objects.count() == 0
        assert client.get(HERE).status_code == 302


def test_every_session_of_one_person_ends_and_nobody_elses(sam):
    with time_machine.travel(NOW, tick=False):
        for person in (sam, sam, PersonFactory()):
            Client().force_login(person, backend=BACKEND)
    assert (sessions.end(sam, now=NOW), Session.objects.count()) == (2, 1)


def test_a_place_that_ended_by_itself_is_not_one_that_was_signed_out(client, sam):
    with time_machine.travel(NOW, tick=False) as clock:
        Client().force_login(sam, backend=BACKEND)
        clock.shift(timedelta(minutes=31))
        client.force_login(sam, backend=BACKEND)
        assert "Somewhere else" not in client.get(HERE).content.decode()
        assert "Signed out in 0 other places." in client.post(HERE, follow=True).content.decode()
    assert Session.objects.count() == 1


def test_signing_in_begins_another_session_and_signing_out_deletes_it(client, sam):
    asked = client.session
    asked["question"] = "11111111-1111-1111-1111-111111111111"
    asked.save()
    keys = [asked.session_key]
    for _ in range(2):
        sign_in(client, sam)
        keys.append(Session.objects.get().session_key)
        client.post("/accounts/logout/")
        assert Session.objects.count() == 0
    assert (len(set(keys)), {len(key) for key in keys}) == (3, {32})


def test_a_new_password_takes_the_old_one_and_ends_every_other_session(client, sam):
    elsewhere, new = Client(), "battery staple correct horse"
    for browser in (client, elsewhere):
        sign_in(browser, sam)
    for old, status in (("my own other password", 200), (PASSWORD, 302)):
        typed = {"oldpassword": old, "password1": new, "password2": new}
        assert client.post("/accounts/password/change/", typed).status_code == status
        assert elsewhere.get(HERE).status_code == status
    assert client.get(HERE).status_code == 200
    assert Person.objects.get(pk=sam.pk).check_password(new)


def test_a_password_is_checked_as_it_was_typed_and_never_runs_out(client, sam):
    sam.set_password(" Four Herons  at Dawn ")
    sam.save()
    with time_machine.travel(NOW + timedelta(days=1000), tick=False):
        for typed, status in (("four herons  at dawn", 200), ("Four Herons  at Dawn", 200), (sam.email, 200)):
            assert sign_in(client, sam, typed).status_code == status
        assert sign_in(client, sam, " Four Herons  at Dawn ")["Location"] == "/home/"


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/accounts/login/", ["current-password"]),
        ("/accounts/password/change/", ["current-password", "new-password", "new-password"]),
        ("/accounts/reauthenticate/", ["current-password"]),
    ],
)
def test_a_box_for_a_password_hides_it_and_is_one_that_a_password_manager_knows(client, sam, path, kinds):
    if "login" not in path:
        client.force_login(sam, backend=BACKEND)
    boxes = [box for box in re.findall(r"<input[^>]*>", client.get(path).content.decode()) if "password" in box]
    assert [re.findall(r'autocomplete="([^"]*)"', box) for box in boxes] == [[kind] for kind in kinds]
    assert [box for box in boxes if 'type="password"' not in box or "maxlength" in box or "onpaste" in box] == []


@pytest.mark.parametrize("password", ["askpeer2026!", "Advisor-Askpeer-1", "supervisor1234"])
def test_a_password_may_not_lean_on_our_own_words(password):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, Person(email="x@example.org", alias="X"))
    assert refusal.value.messages == ["This password leans on words of the service itself. Choose others."]


def test_a_long_password_with_one_of_our_words_in_it_is_fine():
    validate_password("the advisor and the violet kettle", Person(email="x@example.org", alias="X"))


def test_seeds_of_second_steps_are_sealed_and_work():
    ruth, secret = SupervisorFactory(), generate_totp_secret()
    TOTP.activate(ruth, secret)
    RecoveryCodes.activate(ruth)
    kept = {row.type: row.data for row in Authenticator.objects.filter(user=ruth)}
    assert secret not in str(kept)
    assert SealedFactors().decrypt(kept["totp"]["secret"]) == secret
    codes = Authenticator.objects.get(user=ruth, type="recovery_codes").wrap()
    paper = codes.get_unused_codes()[0]
    assert [codes.validate_code(paper) for _ in range(2)] == [True, False]


def test_a_code_works_once_and_for_thirty_seconds(client, sam):
    secret = generate_totp_secret()
    assert secret != generate_totp_secret()
    TOTP.activate(sam, secret)
    with time_machine.travel(NOW, tick=False) as clock:
        code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
        assert (len(code), second_step(client, sam, code), second_step(client, sam, code)) == (6, "in", "refused")
        clock.shift(timedelta(seconds=30))
        late = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
        clock.shift(timedelta(seconds=30))
        assert second_step(client, sam, late) == "refused"


def test_a_code_of_the_paper_works_once(client, sam):
    TOTP.activate(sam, generate_totp_secret())
    codes = RecoveryCodes.activate(sam).get_unused_codes()
    assert (len(set(codes)), {len(code) for code in codes}) == (10, {8})
    assert [second_step(client, sam, code) for code in (codes[0], codes[0], codes[1])] == ["in", "refused", "in"]


def second_step(client, person, code):
    """Whether this code, after the password, lets somebody in; whoever it lets in is signed out again."""
    assert sign_in(client, person)["Location"].startswith("/accounts/2fa/authenticate/")
    answer = client.post("/accounts/2fa/authenticate/", {"code": code})
    client.post("/accounts/logout/")
    return "in" if answer.status_code == 302 and answer["Location"] == "/home/" else "refused"


def test_a_seed_under_another_pepper_does_not_open(settings):
    sealed = SealedFactors().encrypt("JBSWY3DP")
    settings.RECEIPT_PEPPER = bytes(32)
    with pytest.raises(vault.Unreadable):
        SealedFactors().decrypt(sealed)
