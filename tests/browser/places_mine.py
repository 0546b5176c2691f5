"""Every state of a question's own page, and of what is done from there."""

from collections.abc import Iterator

from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from questions.intake import feedback, following, replying, reporting
from questions.intake.views.mine import WRONG_WORDS
from questions.models import Question
from tests.browser.acts import Act, Place, form, press, submit, type_into, write
from tests.browser.demo import Demo

STATES = ("new", "open", "in_progress", "pending_asker", "in_review", "changes_requested")
TAKE_DOWN = "/take-down/"


def mine(demo: Demo) -> Iterator[Place]:
    for status in (*STATES, "answered", "redirected", "closed"):
        yield Place(f"my question, {status}", "/my-question/", who=demo.question(status))
    for level in ("amber", "red"):
        yield Place(f"my question, {level}", "/my-question/", who=demo.question("in_review", level=level))
    yield Place("my question, about staff", "/my-question/", who=demo.question("new", about_staff=True))
    yield Place("my question, at risk", "/my-question/", who=demo.at_risk())
    yield Place("my question, late", "/my-question/", who=demo.late())
    yield Place("my question, late, with a new date", "/my-question/", who=demo.redated())
    answered = demo.question("answered", "Callum")
    yield from said_back(demo, answered)
    yield from kept_or_erased(demo, answered)
    yield from six_words(demo, answered)


def said_back(demo: Demo, answered: Question) -> Iterator[Place]:
    """What is wrong with what an asker sends."""
    asked_back = demo.question("pending_asker")
    yield Place("my question, empty reply", "/my-question/", press("Send reply"), asked_back)
    yield Place("my question, reply too late", "/my-question/", replied_already(asked_back), asked_back)
    yield Place("my question, empty follow-up", "/my-question/", submit("/follow-up/"), answered)
    for action, verb in (("/follow-up/", following), ("/feedback/", feedback), ("/report/", reporting)):
        act = write(action, "x" * (verb.LIMIT + 1))
        yield Place(f"my question, too long for {action}", "/my-question/", act, answered)
    yield Place("my question, empty feedback", "/my-question/", submit("/feedback/"), answered)
    yield Place("my question, consent to other words", "/my-question/", consent_to_others, demo.shown())


def kept_or_erased(demo: Demo, answered: Question) -> Iterator[Place]:
    sheet = "What the sheet will say"
    yield Place("talk", "/my-question/talk/", who=answered)
    yield Place("talk, the sheet", "/my-question/talk/", press("Make the sheet"), answered)
    too_long = type_into(sheet, "x" * 12_001, "Make the sheet")
    yield Place("talk, too long", "/my-question/talk/", too_long, answered)
    yield Place("erase", "/my-question/erase/", who=answered)
    yield Place("erase, what the library has too", "/my-question/erase/", who=demo.published())
    yield Place("erase, a locked note stays", "/my-question/erase/", who=demo.locked)
    yield Place("erased", "/my-question/erase/", press("Erase it"), demo.question("closed"))


def six_words(demo: Demo, answered: Question) -> Iterator[Place]:
    """The door: too many wrong words stand last, for they shut it."""
    yield Place("six words", "/my-question/")
    yield Place("six words, none typed", "/my-question/", press("Open"))
    yield Place("six words, wrong", "/my-question/", wrong_words)
    yield Place("six words, wrong to take down", "/my-question/", write(TAKE_DOWN, "not one of ours"))
    yield Place("six words, taken down", "/my-question/", write(TAKE_DOWN, demo.words["redirected"]))
    yield Place("six words, closed meanwhile", "/my-question/", closed_meanwhile, answered)
    yield Place("six words, opened again", "/my-question/", opened_again(demo.words["answered"]), answered)
    yield Place("six words, too many tries", "/my-question/", too_many_tries)


def replied_already(question: Question) -> Act:
    """In another window; what was typed here has no place on the page any more."""

    def act(page: Page) -> None:
        replying.reply(question=question, text="From another window.", now=timezone.now())
        type_into("Your reply", "Nothing of this is lost.", "Send reply")(page)

    return act


def consent_to_others(page: Page) -> None:
    consent = form(page, "/consent/")
    consent.get_by_label("Yes, share it").check()
    consent.locator("[name=version]").evaluate("field => { field.value = 0; }")
    submit("/consent/")(page)


def wrong_words(page: Page) -> None:
    type_into("Your six words", "apricot bandana nowhere", "Open")(page)


def too_many_tries(page: Page) -> None:
    others = Client()  # behind the same address
    for _ in range(WRONG_WORDS):
        others.post("/my-question/", {"receipt": "apricot bandana nowhere"})
    wrong_words(page)


def closed_meanwhile(page: Page) -> None:
    box = form(page, "/follow-up/").get_by_role("textbox")
    box.fill("Thank you.")
    page.context.clear_cookies(name="s")
    submit("/follow-up/")(page)


def opened_again(words: str) -> Act:
    def act(page: Page) -> None:
        closed_meanwhile(page)
        type_into("Your six words", words, "Open")(page)

    return act
