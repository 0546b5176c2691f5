"""The triage desk, the duty board and the rota."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from playwright.sync_api import Page

from advisors.duty import handing_over, rota
from advisors.models import Person
from advisors.signoff import own_words
from askpeer import calendars
from questions.models import Question
from tests.browser.acts import Act, Place, form, press, submit
from tests.browser.demo import Demo
from tests.browser.stage import follow

KEPT = "We read every word. A nurse near you can look at this today."
UNFOLD = "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"


def triage_desk(demo: Demo) -> Iterator[Place]:
    first, second = _new()
    yield Place("triage, keys on and explained", first, keys, "Ruth")
    yield Place("triage, own words refused", first, own_words_of("Your BMI."), "Ruth")
    yield Place("triage, own words wait", first, own_words_of(KEPT), "Ruth")
    yield from words(demo)
    yield Place("triage, in quarantine", second, press("Put it in quarantine"), "Ruth")
    yield Place("triage, out again", second, press("Let it out of quarantine"), "Ruth")
    yield Place("triage, level changed", second, raised, "Ruth")
    yield Place("triage, level undone", second, lowered_and_undone, "Ruth")
    yield Place("triage, passed on, with an undo", second, passed_on, "Ruth")
    yield Place("triage, names hidden later", second, submit("/names/"), "Ruth")
    yield Place("triage, taken back", second, press("Take it back"), "Ruth")
    yield Place("triage, the next one", "/review/triage/next/", who="Ruth")
    yield from duty(demo)


def _new() -> list[str]:
    """The pages of two new questions."""
    rows = Question.objects.filter(status="new", quarantined=False, about_staff=False).exclude(level="red")
    return [f"/review/{row.pk}/triage/" for row in rows.order_by("asked_at")[:2]]


def keys(page: Page) -> None:
    page.get_by_role("button", name="Single keys: off").click()
    page.keyboard.press("?")


def own_words_of(text: str) -> Act:
    def act(page: Page) -> None:
        ours = form(page, "/words/")
        ours.get_by_label("What it is").select_option(index=1)
        ours.get_by_label("What they will read").fill(text)
        follow(ours.get_by_role("button"))

    return act


def words(demo: Demo) -> Iterator[Place]:
    row = own_words.waiting(demo.person("Daniel"))[0]
    yield Place("words to check", "/review/triage/", who="Daniel")
    yield Place("words, mine", f"/review/words/{row.pk}/", who="Ruth")
    yield Place("words, a second person", f"/review/words/{row.pk}/", who="Daniel")
    yield Place("words, dropped", f"/review/words/{row.pk}/", press("Let it go unsent"), "Daniel")


def raised(page: Page) -> None:
    ours = form(page, "/level/")
    ours.get_by_label("Red").check()
    follow(ours.get_by_role("button"))


def lowered_and_undone(page: Page) -> None:
    ours = form(page, "/level/")
    ours.get_by_label("Amber").check()
    ours.get_by_label("Why").fill("It was a song.")
    follow(ours.get_by_role("button"))
    press("Undo")(page)


def passed_on(page: Page) -> None:
    page.get_by_label("One line for the desk").fill("A new school, and nobody to sit with.")
    press("Pass on to the desk")(page)


def duty(demo: Demo) -> Iterator[Place]:
    _plan(demo)
    yield Place("duty, started", "/review/", press("Start duty"), "Ruth")
    yield Place("duty, ended", "/review/", press("End duty"), "Ruth")
    handing_over.leave_note(text="Two reds tonight.", by=demo.person("Grace"), now=demo.now)
    yield Place("a note for the next shift", "/review/duty/note/", who="Ruth")
    yield Place("a note, empty", "/review/duty/note/", press("Leave the note"), "Ruth")
    yield Place("new dates", "/review/redate/", who="Ruth")
    yield Place("new dates, none chosen", "/review/redate/", press("Give them this date"), "Ruth")
    yield Place("rota", "/manage/rota/", who="Tom")
    for button in ("Add the shift", "Add the turn", "Add the absence"):
        yield Place(f"rota, {button}, nothing filled in", "/manage/rota/", unfolded(button), "Tom")


def unfolded(button: str) -> Act:
    def act(page: Page) -> None:
        page.evaluate(UNFOLD)
        press(button)(page)

    return act


def _plan(demo: Demo) -> None:
    tom, opens = demo.person("Tom"), calendars.current().next_open(demo.now + timedelta(days=1))
    _turn(rota.add_shift, demo.person("Daniel"), opens, tom, demo)
    _turn(rota.add_on_call, demo.person("Ruth"), demo.now + timedelta(days=300), tom, demo)
    today = rota.today(demo.now)
    rota.add_absence(person=demo.person("Jaz"), first_day=today, last_day=today, by=tom, now=demo.now)


def _turn(verb, person: Person, starts: datetime, by: Person, demo: Demo) -> None:
    verb(person=person, starts_at=starts, ends_at=starts + timedelta(hours=4), by=by, now=demo.now)
