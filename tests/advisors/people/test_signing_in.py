"""The one door for staff: second factor, idle sessions, resets, and what allauth may keep."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from advisors.models import Person
from advisors.signoff import leaving
from askpeer import outbox
from tests.factories import PASSWORD, LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.77"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def advisor():
    return PersonFactory(email="sam@askpeer.example", alias="Sam")


def sign_in(client, person, **values):
    return client.post("/accounts/login/", {"login": person.email, "password": PASSWORD} | values)


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (PersonFactory, "/desk/"),
        (SupervisorFactory, "/review/"),
        (LeadFactory, "/review/"),
        (ManagerFactory, "/manage/"),
    ],
)
def test_home_is_where_the_role_works(client, one_factor, make, path):
    client.force_login(make())
    response = client.get("/home/")
    assert (response.status_code, response["Location"]) == (302, path)


def test_home_asks_a_stranger_to_sign_in(client):
    assert client.get("/home/")["Location"] == "/accounts/login/?next=/home/"
    assert client.post("/home/").status_code == 405


def test_without_a_second_factor_every_staff_page_leads_to_setting_one_up(client, advisor):
    assert sign_in(client, advisor)["Location"] == "/home/"
    for path in ("/home/", "/desk/", "/manage/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/")
    assert client.get("/accounts/2fa/").status_code == 200


def test_with_an_app_set_up_the_password_alone_opens_nothing(client, advisor):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(advisor, secret)
    assert sign_in(client, advisor)["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/home/")["Location"] == "/accounts/login/?next=/home/"
    counter = next(totp.yield_hotp_counters_from_time())
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/home/"
    assert client.get("/home/")["Location"] == "/desk/"


def test_a_code_of_the_app_opens_once_in_whichever_process(client, advisor, store):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(advisor, secret)
    with time_machine.travel(datetime(2026, 11, 16, 11, tzinfo=UTC), tick=False):
        code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
        opened = []
        for browser, typed in ((client, code), (Client(), code), (Client(), f"{code[:3]} {code[3:]}")):
            sign_in(browser, advisor)
            browser.post("/accounts/2fa/authenticate/", {"code": typed})
            opened.append(browser.get("/home/")["Location"] == "/desk/")
            cache.clear()  # another process has a memory of its own
    assert opened == [True, False, False]


def test_the_code_that_set_the_app_up_opens_nothing_more(client, advisor, store):
    with time_machine.travel(datetime(2026, 11, 16, 11, tzinfo=UTC), tick=False):
        sign_in(client, advisor)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.get("/accounts/2fa/totp/activate/")
        secret = client.session["mfa.totp.secret"]
        code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
        client.post("/accounts/2fa/totp/activate/", {"code": code})
        assert Authenticator.objects.filter(user=advisor, type="totp").exists()
        over_the_shoulder = Client()
        sign_in(over_the_shoulder, advisor)
        over_the_shoulder.post("/accounts/2fa/authenticate/", {"code": code})
        assert over_the_shoulder.get("/home/")["Location"] != "/desk/"


def test_switched_off_the_second_factor_is_not_asked_for(client, one_factor, advisor):
    sign_in(client, advisor)
    assert client.get("/home/")["Location"] == "/desk/"


def test_a_visitor_without_a_session_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/accounts/signup/").status_code == 200
        assert client.get("/home/").status_code == 302


def test_an_asker_with_a_session_passes_and_it_is_not_prolonged(client):
    session = client.session
    session["question"] = "11111111-1111-1111-1111-111111111111"
    session.set_expiry(timezone.now() + timedelta(minutes=20))
    session.save()
    ends = Session.objects.get().expire_date
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert client.get("/home/")["Location"] == "/accounts/login/?next=/home/"
        assert client.get("/accounts/login/").status_code == 200
    assert Session.objects.get().expire_date == ends


def test_thirty_idle_minutes_sign_staff_out_and_work_prolongs(client, one_factor, advisor):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        sign_in(client, advisor)
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert client.get("/home/")["Location"] == "/desk/"
    with time_machine.travel(start + timedelta(minutes=58), tick=False):
        assert client.get("/home/")["Location"] == "/desk/"
    with time_machine.travel(start + timedelta(minutes=88, seconds=1), tick=False):
        assert client.get("/home/")["Location"] == "/accounts/login/?next=/home/"


def test_a_session_is_written_at_most_once_a_minute(client, one_factor, advisor, django_assert_num_queries):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        sign_in(client, advisor)
        client.get("/home/")
    with time_machine.travel(start + timedelta(seconds=59), tick=False), django_assert_num_queries(2):
        client.get("/home/")
    with time_machine.travel(start + timedelta(seconds=60), tick=False), django_assert_num_queries(5):
        client.get("/home/")


def test_a_person_taken_off_is_signed_out_at_the_next_click(client, one_factor, advisor):
    sign_in(client, advisor)
    Person.objects.filter(pk=advisor.pk).update(is_active=False)
    assert client.get("/home/")["Location"] == "/accounts/login/?next=/home/"


def test_a_new_password_comes_by_a_link_that_waits_in_no_table(client, one_factor, advisor):
    assert client.post("/accounts/password/reset/", {"email": advisor.email}).status_code == 302
    outbox.relay(now=timezone.now())
    assert [(message.to, message.subject) for message in mail.outbox] == [([advisor.email], "A new password")]
    path = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(path, follow=True)
    new = {"password1": "four herons at dawn", "password2": "four herons at dawn"}
    assert client.post(form.request["PATH_INFO"], new).status_code == 302
    advisor.refresh_from_db()
    assert advisor.check_password("four herons at dawn")
    assert b"used already" in client.get(path, follow=True).content


def test_a_new_password_takes_no_second_step_away(client, advisor):
    totp.TOTP.activate(advisor, totp.generate_totp_secret())
    client.post("/accounts/password/reset/", {"email": advisor.email})
    outbox.relay(now=timezone.now())
    path = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(path, follow=True)
    new = "four herons at dawn"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert client.get("/home/")["Location"] == "/accounts/login/?next=/home/"
    assert sign_in(client, advisor, password=new)["Location"].startswith("/accounts/2fa/authenticate/")


def test_an_unknown_address_gets_the_same_page_and_no_mail(client):
    response = client.post("/accounts/password/reset/", {"email": "nobody@askpeer.example"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/password/reset/done/")
    outbox.relay(now=timezone.now())
    assert mail.outbox == []


def test_failed_sign_ins_leave_no_address_in_cache_or_database(client, advisor):
    for _ in range(12):
        client.post("/accounts/login/", {"login": advisor.email, "password": "wrong"}, REMOTE_ADDR=ADDRESS)
    kept = " ".join(f"{key} {value}" for key, value in cache._cache.items())
    assert "login" in kept
    assert ADDRESS not in kept
    assert [table for table in connection.introspection.table_names() if ADDRESS in _rows(table)] == []


def _rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return repr(cursor.fetchall())


def test_many_wrong_passwords_are_slowed_down(client, advisor):
    for _ in range(10):
        sign_in(client, advisor, password="wrong")
    response = sign_in(client, advisor)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]


def test_whoever_was_slowed_down_signs_in_again_after_five_minutes(client, one_factor, advisor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for typed in ["wrong"] * 10 + [PASSWORD]:
            assert sign_in(client, advisor, password=typed).status_code == 200
        clock.shift(timedelta(minutes=5, seconds=1))
        assert sign_in(client, advisor)["Location"] == "/home/"


def test_signing_in_and_out_says_nothing_of_it(client, one_factor, advisor):
    sign_in(client, advisor)
    assert list(client.get("/desk/").context["messages"]) == []
    client.post("/accounts/logout/")
    assert list(client.get("/accounts/login/").context["messages"]) == []


def test_changing_the_password_is_confirmed_in_our_words(client, one_factor, advisor):
    client.force_login(advisor)
    new = "battery staple correct horse"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [str(message) for message in client.get("/desk/").context["messages"]] == ["Your new password is saved."]


@pytest.mark.parametrize("needed", [True, False])
def test_two_steps_are_everybodys_only_where_they_are_asked_for(client, settings, advisor, needed):
    settings.SECOND_FACTOR = needed
    client.force_login(advisor)
    page = client.get("/accounts/2fa/").content.decode()
    assert page.count("Everybody here signs in with two steps") == int(needed)


def test_signing_up_is_by_invitation_only(client):
    response = client.get("/accounts/signup/")
    assert (response.status_code, response.templates[0].name) == (200, "account/signup_closed.html")
    client.post("/accounts/signup/", {"email": "x@askpeer.example", "password1": PASSWORD})
    assert client.get("/home/")["Location"] == "/accounts/login/?next=/home/"


def test_a_person_cannot_change_the_address_they_sign_in_with(client, one_factor, advisor):
    client.force_login(advisor)
    assert b"Only a manager can change it" in client.get("/accounts/email/").content
    assert client.post("/accounts/email/", {"action_add": "", "email": "x@askpeer.example"}).status_code == 405


@pytest.mark.parametrize("path", ["totp/activate/", "webauthn/add/", "recovery-codes/generate/", "totp/deactivate/"])
def test_a_second_step_is_changed_after_typing_the_password_again(client, one_factor, advisor, path):
    if "deactivate" in path:
        totp.TOTP.activate(advisor, totp.generate_totp_secret())
    client.force_login(advisor)
    for ask in (client.get, client.post):
        assert "/reauthenticate/" in ask(f"/accounts/2fa/{path}")["Location"]


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/1-x/",
        "/accounts/password/reset/key/done/",
        "/accounts/inactive/",
        "/accounts/confirm-email/",
    ],
)
def test_every_page_before_signing_in_has_our_look(client, path):
    response = client.get(path, follow=True)
    assert response.status_code == 200
    assert response.content.count(b"askpeer/staff.css") == 1


def each_with(factor, *paths):
    return [(f"/accounts/{path}", factor) for path in paths]


@pytest.mark.parametrize(
    ("path", "factor"),
    [
        *each_with(False, "logout/", "reauthenticate/", "password/change/", "email/", "2fa/", "2fa/totp/activate/"),
        *each_with(False, "2fa/webauthn/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/"),
        *each_with(True, "2fa/", "2fa/totp/deactivate/", "2fa/reauthenticate/", "2fa/recovery-codes/"),
        *each_with(True, "2fa/recovery-codes/generate/", "2fa/webauthn/", "password/change/"),
    ],
)
def test_every_page_after_signing_in_has_our_look_and_no_script_of_its_own(client, one_factor, advisor, path, factor):
    if factor:
        totp.TOTP.activate(advisor, totp.generate_totp_secret())
        RecoveryCodes.activate(advisor)
    client.force_login(advisor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get(path)
    assert response.status_code == 200
    assert response.content.count(b"askpeer/staff.css") == 1
    assert response.content.count(b'action="/accounts/logout/"') >= 1
    assert re.findall(rb"<(?:h1|label|button)[^>]*>\s*[A-Z]\w+ [A-Z]", response.content) == []
    assert re.findall(rb"<script(?![^>]*(?:src=|application/json))|\sstyle=|\son\w+=", response.content) == []


@pytest.mark.parametrize("prefix", ["/accounts", "/static"])
def test_no_header_about_where_we_are_mounted_opens_a_door_to_one_factor(client, settings, prefix):
    settings.SECOND_FACTOR = True
    client.force_login(ManagerFactory())
    # What a server makes of GET /accounts/manage/ with the header SCRIPT_NAME: /accounts
    response = client.get("/manage/", SCRIPT_NAME=prefix)
    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/")


BROKEN_KEYS = {
    "deep": "[" * 3000,
    "long": '"' + "x" * 20_000 + '"',
    "no object": "7",
    "a number of many digits": "1" * 5000,
    "parts missing": '{"id": "a", "rawId": "a", "response": {}, "type": "public-key"}',
    "parts of another type": '{"id": 1, "rawId": [], "response": "x", "type": null}',
}


@pytest.mark.parametrize("credential", BROKEN_KEYS.values(), ids=BROKEN_KEYS.keys())
def test_a_credential_that_no_key_made_is_refused_with_a_sentence(client, one_factor, advisor, credential):
    assert client.post("/accounts/2fa/webauthn/login/", {"credential": credential}).status_code == 302
    client.force_login(advisor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.post("/accounts/2fa/webauthn/add/", {"name": "Mine", "credential": credential})
    errors = [sentence for found in response.context["form"].errors.values() for sentence in found]
    assert errors in (["Your key's answer could not be read. Try again, or choose another way."], ["Incorrect code."])


def test_a_button_pressed_after_the_session_ended_leads_home_by_the_door(client):
    assert client.post("/desk/next/")["Location"] == "/accounts/login/?next=/home/"
    assert client.get("/desk/")["Location"] == "/accounts/login/?next=/desk/"


def test_an_older_row_saved_whole_neither_brings_back_who_left_nor_an_older_key(client, one_factor, advisor):
    earlier = Person.objects.get(pk=advisor.pk)
    Person.objects.filter(pk=advisor.pk).update(is_active=False, wrapped_key=b"newer")
    earlier.set_password("battery staple correct horse")
    earlier.save()
    advisor.refresh_from_db()
    assert (advisor.is_active, bytes(advisor.wrapped_key)) == (False, b"newer")
    assert advisor.check_password("battery staple correct horse")


def test_a_new_password_undoes_nothing_that_was_decided_meanwhile(client, one_factor, advisor):
    client.force_login(advisor)
    theirs = Person.objects.filter(pk=advisor.pk)
    meanwhile = lambda: theirs.update(guardian_consent_on=None, role="supervisor", alias="New")  # noqa: E731
    theirs.update(guardian_consent_on=advisor.joined_at.date())
    typed = {"oldpassword": PASSWORD, "password1": "purple lamp seven rivers", "password2": "purple lamp seven rivers"}
    with before("UPDATE", "advisors_person", meanwhile):
        assert client.post("/accounts/password/change/", typed).status_code == 302
    advisor = theirs.get()
    assert (advisor.guardian_consent_on, advisor.role, advisor.alias) == (None, "supervisor", "New")
    assert advisor.check_password("purple lamp seven rivers")


def test_a_new_password_stays_on_nobody_who_left_meanwhile(client, one_factor, advisor, calendar, now):
    client.force_login(advisor)
    typed = {"oldpassword": PASSWORD, "password1": "purple lamp seven rivers", "password2": "purple lamp seven rivers"}
    leave = lambda: leaving.leave(person=Person.objects.get(pk=advisor.pk), by=ManagerFactory(), now=now)  # noqa: E731
    with before("UPDATE", "advisors_person", leave):
        client.post("/accounts/password/change/", typed)
    advisor.refresh_from_db()
    assert (advisor.is_active, advisor.has_usable_password()) == (False, False)
    assert client.get("/desk/")["Location"] == "/accounts/login/?next=/desk/"
