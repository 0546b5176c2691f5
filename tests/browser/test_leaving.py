"""Leave quickly: the page is gone at once, so are the session and the draft, and Back shows nothing of it."""

import re
from typing import NamedTuple

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from questions.intake import promising, waiting
from questions.intake.context import WEATHER
from questions.intake.models import WaitingDraft
from questions.intake.views.pages import COOKIE
from tests.browser.rows import ANSWER, with_answer
from tests.browser.stage import follow, opened

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Something nobody behind me may read."
HALF = "And half a sentence mo"
KEPT = {"age_band": "13-15", "nation": "GB-ENG", "wants": [], "writer": "anyone", "may_know_advisor": False}
KEPT |= {"about_staff": False, "text": SECRET, "cards": [], "timeline": [], "moments": [], "topic": ""}
BACKS = 5
EVERYTHING = """() => document.documentElement.outerHTML
    + [...document.querySelectorAll("input, textarea")].map(one => one.value).join()"""


class Scene(NamedTuple):
    """Who somebody is, the pages they go through, and the box they are typing in when they have to leave.

    who(street, page) makes the page's browser theirs, and returns what else nobody may find.
    """

    name: str
    who: object
    pages: str
    box: str = ""


@pytest.fixture
def street(stage):
    """The stage, with the weather site played by an empty page."""
    stage.stand_in = WEATHER
    return stage


def typing(street, page):
    """Somebody with a draft that is typed to its end."""
    become(street, page, draft())
    return []


def sending(street, page):
    """Somebody who has sent it, and has not said yet that the six words are saved."""
    sent = waiting.send(draft(), email="", language="en", quarantined=False, now=timezone.now())
    become(street, page, sent)
    return [f"<li>{word}</li>" for word in sent.kept["receipt"].split()]


def reading(street, page):
    """Somebody whose answer is here."""
    street.hand_over(page, session=opened(with_answer(text=SECRET)))
    return [ANSWER]


def draft():
    now = timezone.now()
    return waiting.start(kept=KEPT, promised_at=promising.promise(now), shown_at=now, now=now)


def become(street, page, draft):
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": draft.key, "url": street.url}])


SCENES = (
    Scene("ask 1", typing, "/ask/"),
    Scene("ask 2", typing, "/ask/ /ask/words/", "What's going on?"),
    Scene("ask 3", typing, "/ask/ /ask/words/ /ask/check/", "Your e-mail"),
    Scene("are you safe", sending, "/ask/safe/"),
    Scene("receipt", sending, "/ask/safe/ /ask/receipt/"),
    Scene("my question", reading, "/my-question/"),
    Scene("the sheet", reading, "/my-question/ /my-question/talk/", "What the sheet will say"),
)


def by_link(page):
    page.get_by_role("link", name="Leave quickly").click()


def by_keys(page):
    for _ in range(3):
        page.keyboard.press("Shift")


def elsewhere(street, page):
    """The way to the weather has come to its end: a page that is still on its way cannot be gone back from.

    Where /leave/ leads there, by a redirect, nobody can stand in for it, and the browser says that it finds no weather.
    """
    expect(page).not_to_have_url(re.compile("localhost"))
    assert street.load[0].url == WEATHER


def left(page, model):
    """How many rows there are, once the request that outlives its page has been answered."""
    for _ in range(50):
        if not model.objects.exists():
            break
        page.wait_for_timeout(100)
    return model.objects.count()


WAYS = [
    pytest.param(by_link, True, id="link"),
    pytest.param(by_keys, True, id="Shift"),
    pytest.param(by_link, False, id="link without scripts"),
]


@pytest.mark.parametrize(("leave", "scripts"), WAYS)
def test_going_back_five_times_finds_nothing(street, subtests, leave, scripts):
    """One browser, whose history grows: what an earlier scene left behind is looked for again."""
    page, secrets = street.visitor(java_script_enabled=scripts), [SECRET, HALF]
    for scene in SCENES:
        with subtests.test(scene.name):
            secrets += scene.who(street, page)
            walk(page, scene)
            leave(page)
            elsewhere(street, page)
            assert (left(page, WaitingDraft), left(page, Session)) == (0, 0)
            assert found_behind(page, secrets) == []
            # That many pages later a request that kept what was typed after all would have come.
            assert (WaitingDraft.objects.count(), Session.objects.count()) == (0, 0)


def walk(page, scene):
    """Through the pages, and on the last of them half a sentence that was not sent."""
    for path in scene.pages.split():
        page.goto(path)
        assert page.url.endswith(path)
    if scene.box:
        box = page.get_by_label(scene.box)
        box.fill(f"{box.input_value()}{HALF}")
        assert HALF in page.evaluate(EVERYTHING)


def found_behind(page, secrets):
    """What is found of these on the pages that Back leads to."""
    found = []
    for _ in range(BACKS):
        page.go_back()
        content = page.evaluate(EVERYTHING)
        found += [secret for secret in secrets if secret in content]
    return found


def test_back_before_the_weather_has_come_keeps_and_shows_nothing(street):
    page = street.visitor()
    page.route(WEATHER, lambda route: None)  # never answers
    typing(street, page)
    walk(page, SCENES[1])
    by_keys(page)
    assert left(page, WaitingDraft) == 0
    back_at_once(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("First, a little about you")
    assert found_behind(page, [SECRET, HALF]) == []
    assert WaitingDraft.objects.count() == 0


def back_at_once(page):
    """As the browser's button does: Playwright's own Back takes the page that is given up for a failure."""
    button = page.context.new_cdp_session(page)
    past = button.send("Page.getNavigationHistory")
    button.send("Page.navigateToHistoryEntry", {"entryId": past["entries"][past["currentIndex"] - 1]["id"]})


def test_a_page_that_the_browser_kept_is_asked_for_again(street):
    """Where a browser shows a page as it was left, which this one here never does: so it is told that it did."""
    page = street.asker(with_answer(text=SECRET))
    page.goto("/my-question/")
    page.context.clear_cookies()
    with page.expect_navigation():
        page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }")
    expect(page.locator("#id_receipt")).to_be_visible()
    assert [secret for secret in (SECRET, ANSWER) if secret in page.content()] == []


def test_capital_letters_do_not_throw_a_writer_out(street):
    page = street.visitor()
    page.goto("/ask/")
    page.get_by_label("13 to 15").check()
    follow(page.get_by_role("button", name="Next"))  # a page takes words before its scripts hear keys
    box = page.get_by_label("What's going on?")
    for letter in "DAD":
        box.press(f"Shift+{letter}")
    expect(box).to_have_value("DAD")
