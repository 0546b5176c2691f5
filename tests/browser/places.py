"""Every page there is, and how to come to it."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

from questions.models import Question
from tests.browser.acts import Act, Place, press, submit
from tests.browser.demo import Demo
from tests.browser.places_asking import LONELY, about, asking
from tests.browser.places_beside import beside
from tests.browser.places_care import care
from tests.browser.places_figures import figures
from tests.browser.places_hours import hours
from tests.browser.places_joining import joining
from tests.browser.places_mine import mine
from tests.browser.places_partners import partners
from tests.browser.places_people import history, people
from tests.browser.places_publishing import publishing
from tests.browser.places_review import reviewing_drafts
from tests.browser.places_room import team_room
from tests.browser.places_safeguarding import safeguarding
from tests.browser.places_settings import settings
from tests.browser.places_team import team
from tests.browser.places_training import training
from tests.browser.places_triage import triage_desk
from tests.browser.stage import give_a_key
from tests.factories import PASSWORD


def library(demo: Demo) -> Iterator[Place]:
    yield Place("library", "/library/")
    yield Place("library, a topic", "/library/?topic=lonely")
    yield Place("library, a search", "/library/?q=lonly")
    yield Place("library, nothing found", "/library/?q=xylophone")
    yield Place("library, danger", "/library/?q=i+want+to+end+my+life+tonight")
    yield Place("library, too long a search", f"/library/?q={'a' * 300}")
    yield Place("a word for a topic", "/words/lonely/")
    yield Place("a word, too long", "/words/lonely/", a_word("x" * 41))
    yield Place("a word, sent", "/words/lonely/", a_word("billy no mates"))
    answer = f"/library/{demo.public(status='published', hidden_at=None).slug}/"
    yield Place("an answer", answer)
    yield Place("an answer, noted", f"/library/{demo.noted.slug}/")
    yield Place("an answer, hidden", f"/library/{demo.public(hidden_at__isnull=False).slug}/")
    yield Place("an answer, taken down", f"/library/{demo.public(status='unpublished').slug}/")
    yield Place("something wrong", f"{answer}report/")
    yield Place("reported", f"{answer}report/", press("Yes, something is wrong"))


def a_word(text: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("Your word, or a few").fill(text)
        press("Send it")(page)

    return act


def no_such_page(demo: Demo) -> Iterator[Place]:
    yield Place("404", "/nowhere/")
    yield Place("404, a question that is not there", "/desk/00000000-0000-4000-8000-000000000000/", who="Sam")
    yield Place("403, not your role", "/manage/", who="Sam")
    yield Place("403, a form that is too old", "/ask/", too_old_a_form)
    yield Place("403, words in a form that is too old", "/ask/", too_old_a_form_with_words)


def too_old_a_form(page: Page) -> None:
    page.context.clear_cookies()
    press("Next")(page)


def too_old_a_form_with_words(page: Page) -> None:
    about(page)
    page.get_by_label("What's going on?").fill(LONELY)
    too_old_a_form(page)


def desk(demo: Demo) -> Iterator[Place]:
    yield Place("home", "/home/", who="Sam")
    for name in ("Sam", "Jaz", "Grace"):
        yield Place(f"desk of {name}", "/desk/", who=name)
    for name, question in (("green", demo.waits("green")), ("amber", demo.waits("amber")), ("cards", demo.in_cards)):
        yield Place(f"read, {name}", f"/desk/{question.pk}/", who="Ruth")
    yield Place("read, not open to them", f"/desk/{demo.question('answered', 'Jaz').pk}/", who="Sam")
    write = f"/desk/{demo.question('in_progress', 'Sam').pk}/write/"
    yield Place("write", write, who="Sam")
    yield Place("write, refused", write, cannot_be_sent, "Sam")
    yield held("write, late", demo.late(), "write/")
    yield Place("write, in review", f"/desk/{demo.question('in_review', 'Sam').pk}/write/", who="Sam")
    sent_back, asks = demo.question("changes_requested", "Amira"), demo.question("pending_asker")
    yield held("write, sent back", sent_back, "write/")
    yield held("versions", sent_back, "versions/")
    yield held("ask back", asks, "ask/")
    yield held("ask back, versions", asks, "ask/versions/")
    yield Place("write, conflict", write, two_windows, "Sam")
    yield Place("write, signed out", write, signed_out, demo.member("Sam"))
    yield Place("accept", f"/review/{demo.edited.pk}/accept/", who=demo.edited.holder.alias)


def held(name: str, question: Question, page: str) -> Place:
    """A page of the workspace, for whoever holds this question."""
    return Place(name, f"/desk/{question.pk}/{page}", who=question.holder.alias)


def cannot_be_sent(page: Page) -> None:
    page.get_by_label("Your answer").fill("Calm down. She committed suicide, and your BMI is 17.")
    press("Send for review")(page)


def two_windows(page: Page) -> None:
    page.locator("[name=base]").first.evaluate("input => { input.value = 0; }")
    page.get_by_label("Your answer").fill("From another window.")
    press("Save")(page)


def signed_out(page: Page) -> None:
    page.get_by_label("Your answer").fill("Nothing of this is lost.")
    page.context.clear_cookies(name="s")
    press("Save")(page)


def review(demo: Demo) -> Iterator[Place]:
    for name in ("Ruth", "Grace"):
        yield Place(f"duty of {name}", "/review/", who=name)
    yield Place("triage", "/review/triage/", who="Ruth")
    for name, which in TO_TRIAGE.items():
        where = f"/review/{demo.question(**which).pk}/triage/"
        yield Place(f"triage, {name}", where, who="Grace" if name == "about staff" else "Ruth")
    new = f"/review/{demo.question('new', level='green').pk}/triage/"
    yield Place("triage, no line for the desk", new, press("Pass on to the desk"), "Ruth")
    for level in ("green", "amber", "red"):
        waits = f"/review/{demo.question('in_review', level=level).pk}"
        yield Place(f"review, {level}", f"{waits}/", who="Daniel")
    yield Place("review, empty comment", f"{waits}/", submit("/comment/"), "Daniel")
    yield Place("review, edit", f"{waits}/edit/", who="Daniel")
    yield Place("review, an edit", f"/review/{demo.edited.pk}/", who="Daniel")
    yield Place("review, sent back already", f"/review/{demo.question('changes_requested').pk}/", who="Ruth")
    yield Place("triage, with a locked note", f"/review/{demo.locked.pk}/triage/", who="Grace")
    yield Place("for the library", "/review/publish/", who="Ruth")
    for status in ("candidate", "anonymised", "published", "unpublished"):
        if rows := demo.publications(status):
            yield Place(f"publication, {status}", f"/review/publish/{rows[0].pk}/", who="Ruth")
    shelved = f"/review/publish/{demo.publications('candidate')[0].pk}/"
    yield Place("publication, empty", shelved, press("Save the public text"), "Ruth")


TO_TRIAGE = {
    "new": {"status": "new", "level": "green"},
    "quarantine": {"status": "new", "quarantined": True},
    "may know": {"status": "new", "may_know_advisor": True},
    "about staff": {"status": "new", "about_staff": True},
    "red": {"status": "open", "level": "red"},
    "answered": {"status": "answered"},
}


def manage(demo: Demo) -> Iterator[Place]:
    for path in (
        "/manage/",
        "/manage/people/",
        "/manage/invitations/",
        "/manage/languages/",
        "/manage/failed/",
    ):
        yield Place(path, path, who="Tom")
    yield from history(demo)
    yield Place("suggested words", "/manage/words/", who="Tom")
    yield Place("suggested words, none left", "/manage/words/", press("Refuse billy no mates"), "Tom")
    yield Place("invitations, nothing filled in", "/manage/invitations/", press("Invite"), "Tom")
    yield Place("languages, switched off", "/manage/languages/", press("Switch Dutch off"), "Tom")
    yield Place("languages, switched on again", "/manage/languages/", press("Switch Dutch on"), "Tom")
    yield from hours(demo)
    yield from figures(demo)
    yield from partners(demo)
    yield from people(demo)
    yield from settings(demo)


def accounts(demo: Demo) -> Iterator[Place]:
    yield Place("login", "/accounts/login/")
    yield Place("login, wrong", "/accounts/login/", press("Sign in"))
    for path in ("inactive/", "signup/", "confirm-email/", "password/reset/", "password/reset/done/"):
        yield Place(path, f"/accounts/{path}")
    yield Place("password/reset/, nothing typed", "/accounts/password/reset/", press("Send me the link"))
    yield Place("reset, link used up", "/accounts/password/reset/key/0-none/")
    yield Place("reset, done", "/accounts/password/reset/key/done/")
    yield Place("invitation", f"/invitation/{demo.token}/")
    yield Place("invitation, nothing typed", f"/invitation/{demo.token}/", press("Join"))
    yield Place("invitation, over", "/invitation/none/")
    for path in SIGNED_IN:
        yield Place(path, f"/accounts/{path}", who="Priya")
    priya = demo.stage.member(demo.with_password("Priya"))
    yield Place("it is you", "/accounts/reauthenticate/?next=/accounts/2fa/", confirm, priya)
    for path in CONFIRMED:
        yield Place(f"{path}, confirmed", f"/accounts/{path}", who=priya)
    yield from two_steps(demo)


def two_steps(demo: Demo) -> Iterator[Place]:
    """Somebody who has an app, codes on paper and a key, and has just signed in with them."""
    grace = demo.stage.visitor()
    code = demo.second_step("Grace")
    yield Place("second step", "/accounts/login/", signing_in, grace)
    yield Place("second step, wrong code", "/accounts/2fa/authenticate/", second_step("123123"), grace)
    yield Place("signed in with two steps", "/accounts/2fa/authenticate/", second_step(code), grace)
    give_a_key(grace)
    yield Place("2fa, a key added", "/accounts/2fa/webauthn/add/", add_a_key, grace)
    key = f"webauthn/keys/{demo.key_of('Grace')}"
    for path in (*TWO_STEPS, f"{key}/edit/", f"{key}/remove/"):
        yield Place(f"2fa/{path}", f"/accounts/2fa/{path}", who=grace)


def signing_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("grace@askpeer.example")
    page.get_by_label("Password").fill(PASSWORD)
    press("Sign in")(page)


def second_step(code: str) -> Act:
    def act(page: Page) -> None:
        page.locator("[name=code]").fill(code)
        with page.expect_navigation():
            page.locator("[name=code]").press("Enter")

    return act


def add_a_key(page: Page) -> None:
    confirm(page)
    page.get_by_label("Name").fill("Blue key")
    press("Add it")(page)


def confirm(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    press("Confirm")(page)


SIGNED_IN = (
    "places/",
    "email/",
    "logout/",
    "reauthenticate/",
    "confirm-email/none/",
    "login/code/confirm/",
    "password/change/",
    "password/set/",
    "2fa/",
    "2fa/webauthn/",
)
CONFIRMED = ("2fa/totp/activate/", "2fa/webauthn/add/")
TWO_STEPS = (
    "",
    "reauthenticate/",
    "totp/deactivate/",
    "recovery-codes/",
    "recovery-codes/generate/",
    "webauthn/",
    "webauthn/add/",
    "webauthn/reauthenticate/",
)
Round = Callable[[Demo], Iterator[Place]]
ASKERS = (asking, library, mine)
ROUNDS = (
    asking,
    library,
    no_such_page,
    desk,
    review,
    reviewing_drafts,
    beside,
    triage_desk,
    publishing,
    manage,
    accounts,
    safeguarding,
    team,
    joining,
    training,
    care,
    team_room,
    mine,
)


def places(demo: Demo) -> Iterator[tuple[Round, Place]]:
    """Everywhere, with the round it is on, in an order in which no visit spoils a later one."""
    for round_ in ROUNDS:
        for place in round_(demo):
            yield round_, place
