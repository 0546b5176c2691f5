"""The asker's whole way, on a small phone and a wide screen, by day and at night, with scripts and without."""

import pytest
from playwright.sync_api import expect

from config.demo import reference
from tests.browser import shape
from tests.browser.stage import DESK, SMALLEST, follow

pytestmark = pytest.mark.django_db(transaction=True)

DANGER = "He hits me when he is drunk. I have a plan to end my life tonight."
PAGES = (
    "Ask us anything. Someone real writes back.",
    "You can leave this site fast",
    "First, a little about you",
    "Tell us",
    "Check and send",
    "Are you safe right now?",
    "We've got your question",
    "That's it. Well done.",
    "My question",
    "My question",
)
"""The door with the six words is called as the page behind it."""


@pytest.fixture
def crisis_services(stage):
    reference.seed_signposts(reference.seed_topics())
    reference.seed_risk_rules()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("screen", [SMALLEST, DESK], ids=["phone", "desk"])
def test_the_whole_way_to_my_question(stage, crisis_services, scripts, screen):
    page = stage.visitor(java_script_enabled=scripts, viewport=screen)
    page.goto("/")
    seen = [look(page), *(after(page, step) for step in (begin, go_on, say_a_little, say_it, send))]
    words = " ".join(page.locator("#words li").all_inner_texts())
    seen += [after(page, step) for step in (go_on, saved, to_the_words)]
    type_in(page, words)
    assert (*seen, look(page, primary=0)) == PAGES
    expect(page.get_by_text(DANGER)).to_be_visible()


def look(page, **expected):
    """Which page this is, once it has been found in shape."""
    shape.check(page, **expected)
    return page.get_by_role("heading", level=1).inner_text()


def after(page, step):
    step(page)
    return look(page)


def begin(page):
    follow(page.get_by_role("link", name="Ask a question"))


def go_on(page):
    follow(page.get_by_role("link", name="Go on"))


def say_a_little(page):
    page.get_by_label("13 to 15").check()
    press(page, "Next")


def say_it(page):
    page.get_by_label("What's going on?").fill(DANGER)
    press(page, "Next")


def send(page):
    press(page, "Send it")


def saved(page):
    press(page, "I've saved it")


def to_the_words(page):
    follow(page.get_by_role("link", name="Open my question"))


def type_in(page, words):
    page.get_by_label("Your six words").first.fill(words)
    press(page, "Open")


def press(page, name):
    follow(page.get_by_role("button", name=name, exact=True))
