"""Every state of the pages before there is a question: the front page, the three pages of asking, what comes after."""

from collections.abc import Iterator
from datetime import timedelta

import time_machine
from playwright.sync_api import Page, expect

from questions.intake.models import OnCall, WaitingDraft
from tests.browser.acts import Act, Place, press, type_into
from tests.browser.demo import Demo
from tests.browser.stage import follow

LONELY = "I feel lonely at school since my best friend moved. My number is 07700 900123."
NOT_SAFE = "I have a plan to end my life tonight."
LONG = "too long " * 400
ABOUT_STAFF = "It's about someone who works here"


def asking(demo: Demo) -> Iterator[Place]:
    yield from (Place(path, path) for path in ("/", "/about/", "/who-pays/", "/privacy/", "/cards/"))
    yield Place("how to leave", "/ask/leaving/")
    yield from three_pages()
    yield Place("receipt", "/ask/", sent("help"))
    yield Place("receipt, with an e-mail", "/ask/", with_an_address)
    yield Place("receipt, about staff", "/ask/", about_staff)
    yield Place("ask 1, about staff", "/ask/", tick(ABOUT_STAFF))
    yield Place("receipt, about the lead", "/ask/", about_the_lead)
    yield Place("are you safe", "/ask/", sent(NOT_SAFE))
    yield Place("are you safe, elsewhere", "/ask/", elsewhere)
    yield Place("receipt, for somebody in danger", "/ask/", gone_on)
    yield Place("saved", "/ask/", saved)
    yield from at_night(demo)
    yield from much_to_do(demo)


def three_pages() -> Iterator[Place]:
    yield Place("ask 1", "/ask/")
    yield Place("ask 1, nothing chosen", "/ask/", press("Next"))
    yield Place("ask 1, too young", "/ask/", too_young)
    yield Place("ask 1, once more", "/ask/", ran_out_at_the_words)
    yield Place("ask 1, by a partner's button", "/ask/", by_button)
    yield Place("ask 2, by a partner's button", "/ask/", by_button_to_the_words)
    yield Place("ask 2", "/ask/", about)
    yield Place("ask 2, nothing said", "/ask/", nothing_said)
    yield Place("ask 2, too much", "/ask/", too_much)
    yield Place("ask 3", "/ask/", words(LONELY))
    yield Place("ask 3, wrong address", "/ask/", a_wrong_address)
    yield Place("ask 3, resumed", "/ask/", resumed)


def by_button(page: Page) -> None:
    page.goto("/ask/?from=rookery", referer="https://www.rookery.example/")
    expect(page.get_by_text("You came here from Rookery Youth Portal.")).to_be_visible()


def by_button_to_the_words(page: Page) -> None:
    by_button(page)
    about(page)


def at_night(demo: Demo) -> Iterator[Place]:
    """Closed until the next morning: nobody reads it before then, or somebody who is on call does."""
    with time_machine.travel(demo.now + timedelta(hours=12), tick=True):
        yield Place("front page, closed", "/")
        yield Place("are you safe, on call", "/ask/", sent(NOT_SAFE))
        OnCall.objects.all().delete()
        yield Place("are you safe, closed", "/ask/", sent(NOT_SAFE))


def much_to_do(demo: Demo) -> Iterator[Place]:
    """More questions than hands: a later promise, then none."""
    demo.limit(answers_a_day=10)
    yield Place("front page, busy", "/")
    yield Place("ask 1, busy", "/ask/")
    demo.limit(taking=False)
    yield Place("front page, full", "/")
    yield Place("ask 1, full", "/ask/")
    demo.limit()


def about(page: Page) -> None:
    page.get_by_label("13 to 15").check()
    press("Next")(page)


def words(text: str) -> Act:
    def act(page: Page) -> None:
        about(page)
        page.get_by_label("What's going on?").fill(text)
        press("Next")(page)

    return act


def sent(text: str) -> Act:
    def act(page: Page) -> None:
        words(text)(page)
        press("Send it")(page)

    return act


def with_an_address(page: Page) -> None:
    words("help")(page)
    page.get_by_label("Your e-mail").fill("somebody@asker.example")
    press("Send it")(page)


def tick(label: str) -> Act:
    return lambda page: page.get_by_label(label).check()


def about_staff(page: Page) -> None:
    tick(ABOUT_STAFF)(page)
    sent("help")(page)


def about_the_lead(page: Page) -> None:
    """The second box is there once the first is ticked."""
    tick(ABOUT_STAFF)(page)
    tick("It's about the person in charge of keeping people safe")(page)
    sent("help")(page)


def elsewhere(page: Page) -> None:
    page.get_by_label("Where do you live?").select_option("Somewhere else")
    sent(NOT_SAFE)(page)


def gone_on(page: Page) -> None:
    sent(NOT_SAFE)(page)
    follow(page.get_by_role("link", name="Go on"))


def too_young(page: Page) -> None:
    page.get_by_label("Under 11").check()
    press("Next")(page)


def nothing_said(page: Page) -> None:
    about(page)
    press("Next")(page)


def too_much(page: Page) -> None:
    about(page)
    page.get_by_text("Or say what happened, step by step").click()
    page.get_by_label("After that").fill(LONG[:200])
    type_into("What's going on?", LONG, "Next")(page)


def a_wrong_address(page: Page) -> None:
    words(LONELY)(page)
    page.get_by_label("Your e-mail").fill("nobody")
    press("Send it")(page)


def run_out() -> None:
    """The hour of the draft there is goes by."""
    WaitingDraft.objects.all().delete()


def ran_out_at_the_words(page: Page) -> None:
    about(page)
    run_out()
    type_into("What's going on?", LONELY, "Next")(page)


def resumed(page: Page) -> None:
    words(LONELY)(page)
    run_out()
    press("Send it")(page)


def saved(page: Page) -> None:
    sent("help")(page)
    press("I've saved it")(page)
