"""Side by side: the reviewer's page, the advisor's margin, and the notes when it was sent."""

from collections.abc import Iterator

from django.utils import timezone
from playwright.sync_api import Page, expect

from advisors.beside import noting
from questions.models import Question
from tests.browser.acts import Act, Place, press
from tests.browser.demo import Demo

BOX = "A note on the margin"


def beside(demo: Demo) -> Iterator[Place]:
    question = demo.question("in_progress", "Sam")
    page, margin = f"/review/{question.pk}/beside/", f"/desk/{question.pk}/beside/"
    yield Place("margin", margin, who="Sam")
    yield Place("margin, asked for somebody", margin, stay("Ask someone to sit beside me", "You asked"), "Sam")
    yield Place("duty, somebody asks", "/review/", who="Ruth")
    yield Place("beside, not sat down", page, who="Ruth")
    yield Place("beside, sat down", page, press("Sit down beside Sam"), "Ruth")
    yield Place("beside, a note", page, a_note("Begin with what they said."), "Ruth")
    yield Place("beside, somebody else sits there", page, who="Daniel")
    yield Place("margin, a note too long", margin, by_itself("x" * 1001), "Sam")
    yield Place("write, with somebody beside", f"/desk/{question.pk}/write/", who="Sam")
    yield Place("beside, a note to nobody", page, handed_back(question), "Ruth")
    yield Place("beside, afterwards", page, who="Grace")


def stay(button: str, said: str) -> Act:
    """Press what a script sends without leaving the page, and wait for what is said then."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text(said)).to_be_visible()

    return act


def a_note(text: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label(BOX).fill(text)
        stay("Send the note", "Sent.")(page)

    return act


def by_itself(text: str) -> Act:
    """Sent as a form is sent where no script runs."""

    def act(page: Page) -> None:
        page.get_by_label(BOX).fill(text)
        with page.expect_navigation():
            page.locator("form[data-note]").evaluate("form => form.submit()")

    return act


def handed_back(question: Question) -> Act:
    """Sent to somebody whose claim has just ended."""

    def act(page: Page) -> None:
        fresh = Question.objects.get(pk=question.pk)
        noting.write(question=fresh, note="I have to go.", by=fresh.holder, now=timezone.now())
        Question.objects.filter(pk=question.pk).update(holder=None)
        by_itself("See you.")(page)

    return act
