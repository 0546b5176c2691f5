"""A passkey: made in the browser, and then enough to come in without a password."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.stage import follow, give_a_key
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grace(stage, settings):
    """Somebody of the staff in their browser, which holds a key; a second step is asked of everybody."""
    settings.SECOND_FACTOR = True
    PersonFactory(email="grace@askpeer.example", role="supervisor")
    page = stage.visitor()
    give_a_key(page)
    return page


def sign_in(page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("grace@askpeer.example")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))


def make_a_passkey(page):
    """Who changes how they sign in is asked for the password once more."""
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Confirm"))
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Make it a passkey").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_a_passkey_opens_the_door_without_a_password(grace):
    sign_in(grace)
    make_a_passkey(grace)
    grace.context.clear_cookies()
    grace.goto("/review/")
    grace.get_by_role("button", name="Use a passkey instead").click()
    expect(grace.get_by_role("heading", name="On duty")).to_be_visible()


def test_a_key_that_gives_no_answer_is_said(grace):
    grace.goto("/accounts/login/")
    grace.get_by_role("button", name="Use a passkey instead").click()
    expect(grace.get_by_text("The key gave no answer. Try again, or choose another way.")).to_be_visible()


def test_without_scripts_no_button_does_nothing_and_what_works_is_said(grace, stage):
    sign_in(grace)
    make_a_passkey(grace)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    page = stage.visitor(java_script_enabled=False)
    page.goto("/accounts/login/")
    check_said(page, "Use a passkey instead", "Your password works here")
    sign_in(page)
    check_said(page, "Use a key instead", "The digits of your app or a recovery code work here.")
    page.get_by_label("Code").fill(codes[0])
    follow(page.get_by_role("button", name="Sign in", exact=True))
    page.goto(reverse("mfa_reauthenticate_webauthn"))
    check_said(page, "Use my key", "The other ways below work here.")
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Confirm"))
    check_said(page, "Add it", "An app on your phone works without, and so do the recovery codes")


def check_said(page, button, sentence):
    expect(page.get_by_role("button", name=button)).to_have_count(0)
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_text("requires JavaScript")).to_have_count(0)


def test_where_scripts_run_the_button_is_there_and_nothing_else_is_said(grace):
    grace.goto("/accounts/login/")
    expect(grace.get_by_role("button", name="Use a passkey instead")).to_be_visible()
    expect(grace.get_by_text("JavaScript")).to_be_hidden()
