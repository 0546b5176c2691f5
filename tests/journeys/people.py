"""The people of a journey: what each does in a browser, page by page."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.browser import Browser, Page
from tests.journeys.service import Service

APPROVE = "Approve exactly this wording"


@dataclass
class Asker:
    """A young person with six words."""

    browser: Browser
    words: str = field(default="", repr=False)

    def ask(self, text: str, *, topic: str = "lonely", email: str = "", **more: Any) -> Page:
        """Go through the three pages and keep the words. Returns the receipt's page."""
        page = self.browser.submit(self.browser.open("/ask/"), "Next", age_band="16-17", nation="GB-ENG")
        return self.finish(self.browser.submit(page, "Next", text=text, topic=topic, **more), email=email)

    def finish(self, page: Page, *, email: str = "") -> Page:
        """Send what the third page shows. Returns the receipt's page."""
        receipt = self.browser.submit(page, "Send it", email=email)
        self.words = words_on(receipt)
        self.browser.submit(receipt, "I've saved it")
        return receipt

    def open(self, words: str = "") -> Page:
        """Close the page if it is open, type the words and press Open."""
        page = self.page()
        if "Close this page" in page.text:
            self.browser.submit(page, "Close this page")
        return self.browser.submit(self.page(), "Open", receipt=words or self.words)

    def page(self) -> Page:
        return self.browser.open("/my-question/")

    def answer(self) -> str:
        """The newest answer as it stands on the page: its HTML, byline left out."""
        shown = re.search(r'<li class="message advisor">.*?<div class="note">(.*?)</div>', self.page().source, re.S)
        return shown[1].strip() if shown else ""


def words_on(page: Page) -> str:
    """The six words of a receipt's page."""
    shown = re.search(r'id="words".*?</ol>', page.source, re.S)
    return " ".join(re.findall(r"<li>(.*?)</li>", shown[0]))


@dataclass
class Advisor:
    """Somebody who writes answers."""

    browser: Browser

    def desk(self) -> Page:
        return self.browser.open("/desk/")

    def claim(self, pk: str) -> Page:
        """Read a question and take it. Returns the workspace."""
        return self.browser.submit(self.browser.open(f"/desk/{pk}/"), "Claim it")

    def save(self, pk: str, text: str, *details: str) -> Page:
        return self._press("Save", pk, text, details)

    def send(self, pk: str, text: str, *details: str) -> Page:
        """Save and send for review. Returns the desk."""
        return self._press("Send for review", pk, text, details)

    def ask_back(self, pk: str, text: str) -> Page:
        """Send a clarifying question for review. Returns the desk."""
        return self.browser.submit(self.browser.open(f"/desk/{pk}/ask/"), "Send for review", text=text)

    def _press(self, button: str, pk: str, text: str, details: tuple[str, ...]) -> Page:
        marked = {f"detail_{number}": detail for number, detail in enumerate(details, start=1)}
        return self.browser.submit(self.browser.open(f"/desk/{pk}/write/"), button, text=text, **marked)


@dataclass
class Supervisor:
    """Somebody who reads first, and signs."""

    browser: Browser

    def find(self, text: str) -> str:
        """The id of the new question with these words, looked for as a person would: by opening each."""
        shelf = self.browser.open("/review/triage/")
        for _, address in shelf.links:
            found = re.search(r"/review/([0-9a-f-]{36})/triage/", address)
            if found and text in self.browser.open(address).text:
                return found[1]
        raise LookupError(f"Nobody waits with these words: {shelf.text}")

    def pass_on(self, text: str, *, summary: str = "Wants to feel less alone.", **more: Any) -> str:
        """Find a new question and let advisors have it. Returns its id."""
        pk = self.find(text)
        page = self.browser.submit(self.question(pk), "Pass on to the desk", summary=summary, **more)
        assert "Passed on. It waits on the desk now." in page.text, page.text
        return pk

    def question(self, pk: str) -> Page:
        return self.browser.open(f"/review/{pk}/triage/")

    def draft(self, pk: str) -> Page:
        return self.browser.open(f"/review/{pk}/")

    def comment(self, pk: str, text: str, *, paragraph: int = 1) -> Page:
        return self.browser.submit(self.draft(pk), "Add the comment", paragraph=str(paragraph), text=text)

    def request_changes(self, pk: str) -> Page:
        return self.browser.submit(self.draft(pk), "Request changes")

    def resolve(self, pk: str, *, paragraph: int = 1) -> Page:
        return self.browser.submit(self.draft(pk), f"Resolve the comment on paragraph {paragraph}")

    def approve(self, pk: str) -> Page:
        page = self.draft(pk)
        return self.browser.submit(page, APPROVE, **marks(page))


def marks(page: Page) -> dict[str, str]:
    """What a reviewer ticks; where the whole rubric is asked for, the draft's first word is the one that worked."""
    asked = page.form(APPROVE).fields
    said = dict.fromkeys(("safe", "accurate"), "on")
    said |= {name: "2" for name in ("reaction", "interpretation", "exploration") if name in asked}
    said |= {name: "yes" for name in ("personal", "within_limits") if name in asked}
    if "reason" in asked:  # a marker of the tests is a long word, and reads harder than 13
        said["reason"] = "Every word of it is known to them."
    if "phrase" in asked:
        said["phrase"] = re.search(r"As they will read it.*?<p>(\w+)", page.source, re.S)[1]
    return said


@dataclass
class Cast:
    """Everybody of one journey."""

    asker: Asker
    ash: Advisor
    sana: Supervisor
    tom: Supervisor


def cast(service: Service) -> Cast:
    """A new asker, and staff who have signed in."""
    return Cast(
        Asker(service.browser()),
        Advisor(service.signed_in("ash")),
        Supervisor(service.signed_in("sana")),
        Supervisor(service.signed_in("tom")),
    )
