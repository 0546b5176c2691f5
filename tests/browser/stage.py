"""Visitors: each a browser of their own, who can reach the live server alone."""

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, Route

from advisors.models import Person
from askpeer.sessions import SessionStore
from questions.models import Question

SMALLEST = {"width": 320, "height": 640}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PATIENCE = 20_000  # milliseconds until a page that does not come is given up, on a machine that is busy


class Stage:
    """The live server at `url`.

    strays: the addresses elsewhere that a page asked for; the browser resolves no name but localhost, so nothing leaves
    this machine. faults: what scripts complained of, and answers that say the server failed. stand_in: the one address
    elsewhere that may be gone to, set before a visitor comes; stand_in_page answers for it. load: what a browser asked
    for since it last went to a page, that page first.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.contexts: list = []
        self.strays: list[str] = []
        self.faults: list[str] = []
        self.load: list[Request] = []
        self.stand_in, self.stand_in_page = "", "<title>Elsewhere</title>"

    def visitor(self, *, session: str = "", **options: Any) -> Page:
        """A page of a fresh browser, with this session's cookie where one is given."""
        context = self.browser.new_context(base_url=self.url, **{"viewport": PHONE} | options, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        context.on("request", self._asked)
        if self.stand_in:
            context.route(self.stand_in, self._stand_in)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("response", self._answered)
        self.contexts.append(context)
        page = context.new_page()
        self.hand_over(page, session=session)
        return page

    def member(self, person: Person, **options: Any) -> Page:
        """Somebody of the staff, signed in."""
        return self.visitor(session=signed_in(person), **options)

    def asker(self, question: Question, **options: Any) -> Page:
        """Somebody whose six words have opened this question."""
        return self.visitor(session=opened(question), **options)

    def hand_over(self, page: Page, *, session: str) -> None:
        """The same browser for somebody else: a browser of one's own costs most of what a short visit costs.

        Our pages keep nothing in it but cookies.
        """
        page.context.clear_cookies()
        if session:
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}])

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _stand_in(self, route: Route) -> None:
        route.fulfill(body=self.stand_in_page, content_type="text/html")

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request():
            self.load = []
        self.load.append(request)
        if not request.url.startswith((f"{self.url}/", "data:")) and request.url != self.stand_in:
            self.strays.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # An answer of 4xx is told of here as well; the tests look at those by themselves.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)


def follow(button: Locator) -> None:
    """Press a button that leads to another page, and wait for that: a click alone may return on the old one."""
    with button.page.expect_navigation():
        button.click()


def give_a_key(page: Page) -> None:
    """A security key that this page's browser holds and always says yes with, at the touch of nobody."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def signed_in(person: Person) -> str:
    """The key of a session in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def opened(question: Question) -> str:
    """The key of a session in which this question stands open."""
    session = SessionStore()
    session["question"] = str(question.pk)
    session.save()
    return session.session_key or ""
