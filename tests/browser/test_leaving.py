"""Leave quickly: the page is gone at once, so are the session and the draft, and Back shows nothing of it."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from questions.intake.context import WEATHER
from questions.intake.models import WaitingDraft
from tests.browser.stage import follow
from tests.factories import make_question

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Something nobody behind me may read."


@pytest.fixture
def street(stage):
    """The stage, with the weather site played by an empty page."""
    stage.stand_in = WEATHER
    return stage


def write(page):
    """Half a question, one page of it kept on the server."""
    page.goto("/ask/")
    page.get_by_label("13 to 15").check()
    follow(page.get_by_role("button", name="Next"))  # a page takes words before its scripts hear keys
    page.get_by_label("What's going on?").fill(SECRET)
    assert WaitingDraft.objects.count() == 1


def by_link(page):
    page.get_by_role("link", name="Leave quickly").click()


def by_keys(page):
    for _ in range(3):
        page.keyboard.press("Shift")


def elsewhere(page):
    """The weather site has come, as far as its words: a page that is still on its way cannot be gone back from."""
    expect(page).to_have_title("Elsewhere")
    assert page.url == WEATHER


def left(page, model):
    """How many rows there are, once the request that outlives its page has been answered."""
    for _ in range(50):
        if not model.objects.exists():
            break
        page.wait_for_timeout(100)
    return model.objects.count()


@pytest.mark.parametrize("leave", [by_link, by_keys])
def test_leaving_forgets_the_draft_and_back_finds_nothing_of_it(street, leave):
    page = street.visitor()
    write(page)
    leave(page)
    elsewhere(page)
    assert left(page, WaitingDraft) == 0
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("First, a little about you")
    expect(page.get_by_role("group", name="How old are you?").locator("input:checked")).to_have_count(0)
    page.go_forward()
    assert page.url == WEATHER


def test_without_scripts_the_link_does_the_same(street):
    page = street.visitor(java_script_enabled=False)
    write(page)
    by_link(page)
    elsewhere(page)
    assert left(page, WaitingDraft) == 0
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("First, a little about you")
    expect(page.get_by_text(SECRET)).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_leaving_closes_an_opened_question(street, scripts):
    page = street.asker(make_question(text=SECRET), java_script_enabled=scripts)
    page.goto("/my-question/")
    expect(page.get_by_text(SECRET)).to_be_visible()
    by_link(page)
    elsewhere(page)
    assert left(page, Session) == 0
    page.goto("/my-question/")
    expect(page.locator("#id_receipt")).to_be_visible()
    expect(page.get_by_text(SECRET)).to_have_count(0)


def test_capital_letters_do_not_throw_a_writer_out(street):
    page = street.visitor()
    write(page)
    box = page.get_by_label("What's going on?")
    for letter in "DAD":
        box.press(f"Shift+{letter}")
    expect(box).to_have_value(f"{SECRET}DAD")
