"""A page to come to, and what is done there."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Locator, Page

from tests.browser.stage import follow

Act = Callable[[Page], object]
UNFOLD = "form => { const around = form.closest('details'); if (around) around.open = true; }"


class Place(NamedTuple):
    """who: "" is a stranger, a name is a member of staff, a question is its asker."""

    name: str
    path: str
    act: Act = lambda page: None
    who: object = ""


def press(name: str) -> Act:
    return lambda page: follow(page.get_by_role("button", name=name, exact=True).first)


def form(page: Page, action: str) -> Locator:
    """The form that leads there, unfolded where it stands folded away."""
    found = page.locator(f"form[action$='{action}']")
    found.evaluate(UNFOLD)
    return found


def submit(action: str) -> Act:
    """Press the button of the form that leads there, with nothing filled in."""
    return lambda page: follow(form(page, action).get_by_role("button"))


def write(action: str, text: str) -> Act:
    """Fill the one box of the form that leads there, and send it."""

    def act(page: Page) -> None:
        form(page, action).get_by_role("textbox").fill(text)
        submit(action)(page)

    return act


def type_into(label: str, text: str, button: str) -> Act:
    """Fill the box of this label, and press this button."""

    def act(page: Page) -> None:
        page.get_by_label(label, exact=True).first.fill(text)
        press(button)(page)

    return act
