"""Boundaries, turns, talking it through, and newcomers."""

from collections.abc import Iterator

from playwright.sync_api import Page

from advisors.drafting import bounding
from advisors.team import bounding as bounds
from advisors.team import debriefing, planning
from advisors.team.models import Debrief
from tests.browser.acts import Act, Place, press
from tests.browser.demo import Demo
from tests.browser.stage import follow

BOUNDS, TURNS, NEWCOMERS = "/desk/boundaries/", "/desk/turns/", "/review/newcomers/"


def care(demo: Demo) -> Iterator[Place]:
    """Late on the walk: Amira takes less from here on, and Ffion writes without company."""
    yield from _bounds(demo)
    yield from _turns(demo)
    yield from _debriefs(demo)
    yield from _newcomers(demo)


def _bounds(demo: Demo) -> Iterator[Place]:
    yield Place("boundaries", BOUNDS, who="Jaz")
    yield Place("boundaries of a supervisor", BOUNDS, who="Ruth")
    held = demo.question("in_progress", "Sam")
    yield Place("boundaries, something held", BOUNDS, never(held.topic.slug), "Sam")
    yield Place("boundaries, another window", BOUNDS, stale(demo), "Amira")
    yield Place("boundaries, saved", BOUNDS, press("Save"), "Jaz")


def never(slug: str) -> Act:
    def act(page: Page) -> None:
        page.locator(f"[name=topic_{slug}][value=never]").check()
        press("Save")(page)

    return act


def stale(demo: Demo) -> Act:
    def act(page: Page) -> None:
        person = demo.person("Amira")
        kept = bounds.of(person, bounds.topics())
        bounding.bound(person=person, choices={}, most=1, seen=kept.digest, let_go=False, now=demo.now)
        press("Save")(page)

    return act


def _turns(demo: Demo) -> Iterator[Place]:
    yield Place("turns", TURNS, who="Jaz")
    yield Place("turns, nothing filled in", TURNS, press("Put it on my plan"), "Jaz")
    yield Place("turns, away and nothing filled in", TURNS, away, "Jaz")
    yield Place("turn taken off", TURNS, first("Take off"), "Sam")
    assert planning.ahead(demo.person("Jaz"), now=demo.now)


def away(page: Page) -> None:
    page.get_by_text("Say that you're away").click()
    press("I'm away then")(page)


def _debriefs(demo: Demo) -> Iterator[Place]:
    sam = demo.person("Sam")
    first, second = (Debrief.objects.create(person=sam, offered_at=demo.now) for _ in range(2))
    yield Place("desk, after a heavy one", "/desk/", who="Sam")
    yield Place("talk it through", f"/desk/debrief/{first.pk}/", who="Sam")
    yield Place("talk it through, yes", f"/desk/debrief/{first.pk}/", press("Yes, I'd like to talk"), "Sam")
    yield Place("talk it through, no", f"/desk/debrief/{second.pk}/", press("No, thanks"), "Sam")
    debriefing.answer(
        debrief=Debrief.objects.create(person=sam, offered_at=demo.now), wanted=True, by=sam, now=demo.now
    )
    yield Place("who would like to talk", "/desk/debrief/calls/", who="Ruth")
    yield Place("who would like to talk, on the board", "/review/", who="Ruth")
    yield Place("one who would like to talk", f"/desk/debrief/{first.pk}/", who="Ruth")
    yield Place("we talked", f"/desk/debrief/{first.pk}/", press("We talked"), "Ruth")


def _newcomers(demo: Demo) -> Iterator[Place]:
    yield Place("newcomers", NEWCOMERS, who="Ruth")
    yield Place("newcomers, nothing chosen", NEWCOMERS, again, "Ruth")
    yield Place("newcomers, one lifted", NEWCOMERS, first("Let Ffion write"), "Ruth")


def first(name: str) -> Act:
    """Press the first of several buttons that begin so, each with what it is about."""
    return lambda page: follow(page.get_by_role("button", name=name).first)


def again(page: Page) -> None:
    page.get_by_text("Somebody needs company again").click()
    press("Put somebody beside them")(page)
