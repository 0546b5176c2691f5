"""Back, forward and reload: always a page, never a question whether to send a form again, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from questions.intake.models import WaitingDraft
from tests.browser.stage import follow

pytestmark = pytest.mark.django_db(transaction=True)

TOO_LONG = "help" * 800
TIMES = 50


def at_the_first(page):
    page.goto("/ask/")
    page.get_by_label("Where do you live?").select_option("Wales")
    press(page, "Next")


def at_the_second(page):
    begin(page)
    page.get_by_label("What's going on?").fill(TOO_LONG)
    press(page, "Next")


def at_the_third(page):
    begin(page)
    say(page, "help")
    page.get_by_label("Your e-mail").fill("nobody")
    press(page, "Send it")


MISTAKES = {
    "ask 1": (at_the_first, "Where do you live?", "GB-WLS"),
    "ask 2": (at_the_second, "What's going on?", TOO_LONG),
    "ask 3": (at_the_third, "Your e-mail", "nobody"),
}


@pytest.mark.parametrize("where", MISTAKES)
def test_after_an_error_back_and_reload_find_what_was_typed(stage, where):
    mistake, label, typed = MISTAKES[where]
    page = stage.visitor()
    mistake(page)
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    for again in (page.reload, page.go_back, page.go_forward, page.reload):
        assert again().request.method == "GET"
        expect(page.get_by_label(label)).to_have_value(typed)


def test_the_browsers_own_back_and_forward_keep_everything(stage):
    page = stage.visitor()
    begin(page)
    say(page, "My best friend moved away.")
    page.get_by_label("Your e-mail").fill("half@")
    keeping(page.go_back)
    words = page.get_by_label("What's going on?")
    expect(words).to_have_value("My best friend moved away.")
    words.fill("My best friend moved away, and I am al")
    page.get_by_text("Words too hard? Use cards").click()
    page.locator("label.card", has_text="Lonely").click()
    keeping(page.go_back)
    expect(page.get_by_label("13 to 15")).to_be_checked()
    expect(page.get_by_label("Where do you live?")).to_have_value("GB-ENG")
    page.go_forward()
    expect(words).to_have_value("My best friend moved away, and I am al")
    expect(page.get_by_label("Lonely")).to_be_checked()
    page.go_forward()
    expect(page.get_by_text("My best friend moved away, and I am al", exact=True)).to_be_visible()
    expect(page.get_by_label("Your e-mail")).to_have_value("half@")


def test_without_scripts_the_back_buttons_keep_everything(stage):
    page = stage.visitor(java_script_enabled=False)
    begin(page)
    say(page, "My best friend moved away.")
    page.get_by_label("Your e-mail").fill("half@")
    press(page, "Back")
    page.get_by_label("What's going on?").fill("My best friend moved away, and I am al")
    press(page, "Back")
    expect(page.get_by_label("13 to 15")).to_be_checked()
    expect(page.get_by_label("Where do you live?")).to_have_value("GB-ENG")
    press(page, "Next")
    expect(page.get_by_label("What's going on?")).to_have_value("My best friend moved away, and I am al")
    press(page, "Next")
    expect(page.get_by_text("My best friend moved away, and I am al", exact=True)).to_be_visible()
    expect(page.get_by_label("Your e-mail")).to_have_value("half@")


def begin(page):
    page.goto("/ask/")
    page.get_by_label("13 to 15").check()
    page.get_by_label("Where do you live?").select_option("England")
    press(page, "Next")


def say(page, text):
    page.get_by_label("What's going on?").fill(text)
    press(page, "Next")


def press(page, name):
    follow(page.get_by_role("button", name=name, exact=True))


def keeping(leave):
    """Leave the page, and wait until what stood on it is kept: that request outlives its page."""
    before = bytes(WaitingDraft.objects.get().sealed)
    page = leave().frame.page
    for _ in range(TIMES):
        if bytes(WaitingDraft.objects.get().sealed) != before:
            return
        page.wait_for_timeout(100)
    raise AssertionError("Nothing of the page was kept.")
