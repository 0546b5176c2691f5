"""The manager's pages of the hours: as they are, a change as it is typed, what it would do, and saved."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from playwright.sync_api import Page

from askpeer import calendars
from tests.browser.acts import Act, Place, press
from tests.browser.demo import Demo
from tests.browser.stage import follow

SEE, SAVE = "See what this changes", "Save the hours"
OLDER = "input => { input.value = 99; }"


def hours(demo: Demo) -> Iterator[Place]:
    """Saved is only a day on which nothing is promised, so that no later page is another's."""
    opens = calendars.current().next_open(demo.now + timedelta(days=1)).date()
    ahead = opens.replace(year=opens.year + 1)
    yield Place("hours", "/manage/hours/", who="Tom")
    yield Place("the week", "/manage/hours/week/", who="Tom")
    yield Place("the week, nothing changed", "/manage/hours/week/", press(SEE), "Tom")
    yield Place("the week, with what cannot be", "/manage/hours/week/", cannot_be, "Tom")
    yield Place("the week, what it changes", "/manage/hours/week/", shorter, "Tom")
    yield Place("closed days", "/manage/hours/close/", who="Tom")
    yield Place("closed days, nothing typed", "/manage/hours/close/", press(SEE), "Tom")
    yield Place("closed days, what they change", "/manage/hours/close/", closing(opens), "Tom")
    yield Place("closed days, typed again", "/manage/hours/close/", closing(opens, press("Change something")), "Tom")
    yield Place("closed days, somebody was first", "/manage/hours/close/", closing(opens, too_old), "Tom")
    yield Place("closed days, saved", "/manage/hours/close/", closing(ahead, press(SAVE)), "Tom")
    yield Place("open again", "/manage/hours/", press(f"Open again {ahead.day} {ahead:%B} {ahead.year}"), "Tom")
    yield Place("open again, somebody was first", "/manage/hours/", opened_too_late, "Tom")


def cannot_be(page: Page) -> None:
    page.locator("[name=closes_0_0]").fill("")
    page.locator("[name=time_zone]").fill("Mars/Base")
    page.locator("[name=subdivision]").fill("X")
    press(SEE)(page)


def shorter(page: Page) -> None:
    page.locator("[name=closes_1_0]").fill("11:30")
    press(SEE)(page)


def closing(day: object, then: Act = lambda page: None) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label("First day").fill(str(day))
        page.get_by_label("Last day").fill(str(day))
        page.get_by_label("What for").fill("Training for all of us")
        press(SEE)(page)
        then(page)

    return act


def too_old(page: Page) -> None:
    page.locator("[name=version]").evaluate(OLDER)
    press(SAVE)(page)


def opened_too_late(page: Page) -> None:
    page.locator("[name=version]").first.evaluate(OLDER)
    follow(page.get_by_role("button", name="Open again").first)
