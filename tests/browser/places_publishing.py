"""The second person's check, reading again, and words that are not saved or name somebody."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.acts import Act, Place, press
from tests.browser.demo import Demo


def publishing(demo: Demo) -> Iterator[Place]:
    waits, stands = demo.public(status="anonymised"), demo.publications("published")[0]
    there, other = f"/review/publish/{waits.pk}/", another(waits.edited_by.alias)
    yield Place("check, to publish", f"{there}check/", who=other)
    yield Place("check, nothing ticked", f"{there}check/", press("Publish"), other)
    yield Place("check, one's own words", f"{there}check/", who=waits.edited_by.alias)
    yield Place("check, read again", f"/review/publish/{stands.pk}/check/", who=another(stands.edited_by.alias))
    yield Place("publication, words not saved", there, typed("Not saved yet."), other)
    yield Place("publication, a number in it", there, saved(there, "Ring me on 07700 900123."), other)


def another(alias: str) -> str:
    """A supervisor who is not this one."""
    return "Ruth" if alias != "Ruth" else "Priya"


def typed(text: str) -> Act:
    def act(page: Page) -> None:
        page.locator("[name=answer_text]").fill(text)
        page.get_by_text("You have changed words here.").wait_for()

    return act


def saved(there: str, text: str) -> Act:
    """Save these words, and come back to where they are marked."""

    def act(page: Page) -> None:
        page.locator("[name=answer_text]").fill(text)
        press("Save the public text")(page)
        page.goto(there)

    return act
