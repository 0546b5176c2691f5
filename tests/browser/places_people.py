"""The manager's pages of the people, each part as it is typed and refused, and of the history."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.acts import Act, Place, press
from tests.browser.demo import Demo


def people(demo: Demo) -> Iterator[Place]:
    sam, tom = (f"/manage/people/{demo.person(name).pk}/" for name in ("Sam", "Tom"))
    yield Place("a person", sam, who="Tom")
    yield Place("a person, under 16 or near it", f"/manage/people/{demo.person('Jaz').pk}/", who="Tom")
    yield Place("a person, no such address", sam, typed("who", "email", "nowhere", "Save who they are"), "Tom")
    yield Place("a person, the number of a certificate", sam, numbered, "Tom")
    yield Place("a person, somebody was first", sam, too_old, "Tom")
    yield Place("a person, the only manager", tom, no_manager_any_more, "Tom")
    yield Place("a person, nothing different", sam, unfolded("work", "Save languages, school and buddy"), "Tom")
    yield Place("leave", f"{sam}leave/", who="Tom")
    yield Place("leave, the only lead", f"/manage/people/{demo.person('Grace').pk}/leave/", who="Tom")


def unfolded(part: str, button: str) -> Act:
    def act(page: Page) -> None:
        page.locator(f"details:has([name=seen][id={part}_seen]) > summary").click()
        press(button)(page)

    return act


def typed(part: str, field: str, text: str, button: str) -> Act:
    def act(page: Page) -> None:
        page.locator(f"#{part}_{field}").evaluate("(input, text) => { input.value = text; }", text)
        unfolded(part, button)(page)

    return act


def numbered(page: Page) -> None:
    typed("checks", "vetting", "DBS 001234567890", "Save the checks")(page)


def too_old(page: Page) -> None:
    page.locator("#who_seen").evaluate("input => { input.value = 'x'; }")
    unfolded("who", "Save who they are")(page)


def no_manager_any_more(page: Page) -> None:
    page.locator("[name=role][value=supervisor]").evaluate("input => { input.checked = true; }")
    unfolded("role", "Save the role")(page)


def history(demo: Demo) -> Iterator[Place]:
    yield Place("service health", "/manage/health/", who="Tom")
    yield Place("history", "/manage/history/", who="Tom")
    yield Place("history, of one kind", "/manage/history/?kind=person", who="Tom")
    yield Place("history, nothing there", "/manage/history/?kind=topic&subject=999", who="Tom")
    yield Place("history, no such day", "/manage/history/?day=1999-01-01", who="Tom")
