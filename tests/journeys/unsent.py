"""What an asker types that never becomes a question, and what a browser sends that nobody asked it for."""

from questions.intake.urls import urlpatterns
from tests.journeys.browser import Browser, Page, call
from tests.journeys.people import Asker
from tests.journeys.service import Service

FIELDS = (
    *("left", "too_much", "website", "unknown_field", "not_a_choice", "wrong_address"),
    *("resumed", "resumed_moment", "resumed_address", "old_form", "wrote", "take_down", "suggestion"),
)
HEADERS = ("user_agent", "referer", "from", "accept_language", "x_forwarded_for", "x_requested_with")
SENT_ALONG = (*HEADERS, "query", "cookie")


def at_the_words(service: Service) -> tuple[Browser, Page]:
    browser = service.browser()
    return browser, browser.submit(browser.open("/ask/"), "Next", age_band="16-17")


def leave_drafts(service: Service, marks: dict[str, str]) -> None:
    """Drafts that are left, that will not do and are kept as they were typed, and that ran out on the last page."""
    browser, page = at_the_words(service)
    assert marks["left"] in browser.submit(page, "Next", text=marks["left"]).text
    assert browser.send("/leave/", {}).status == 204
    will_not_do(service, marks)
    ran_out(service, marks)


def will_not_do(service: Service, marks: dict[str, str]) -> None:
    browser = service.browser()
    page = browser.open("/ask/")
    assert "There is a problem" in browser.submit(page, "Next", nation=marks["not_a_choice"]).text
    browser, page = at_the_words(service)
    form = page.form("Next")
    typed = {"text": f"{marks['too_much']} {'x' * 3000}", "website": marks["website"], "more": marks["unknown_field"]}
    page = browser.send(form.action, form.values | {name: [value] for name, value in typed.items()})
    assert marks["too_much"] in page.source
    page = browser.submit(page, "Next", text="help")
    assert marks["wrong_address"] in browser.submit(page, "Send it", email=marks["wrong_address"]).source


def ran_out(service: Service, marks: dict[str, str]) -> None:
    browser, page = at_the_words(service)
    page = browser.submit(page, "Next", text=marks["resumed"], moment_6=marks["resumed_moment"])
    browser.forget("n")
    page = browser.submit(page, "Send it", email=f"{marks['resumed_address']}@asker.example")
    assert marks["resumed_moment"] in page.text
    assert marks["resumed_address"] in page.source
    browser, page = at_the_words(service)
    browser.forget("csrftoken")
    page = browser.submit(page, "Next", text=marks["old_form"])
    assert (page.status, marks["old_form"] in page.source) == (403, True)


def come_back_late(asker: Asker, marks: dict[str, str]) -> None:
    """The page had closed: what was typed into it waits beside the six words, and is there again behind them."""
    page = asker.open()
    asker.browser.forget("s")
    page = asker.browser.submit(page, "Send", text=marks["wrote"])
    assert (page.status, marks["wrote"] in page.source) == (403, True)
    assert marks["wrote"] in asker.browser.submit(page, "Open", receipt=asker.words).source


def type_elsewhere(service: Service, marks: dict[str, str]) -> None:
    browser = service.browser()
    assert browser.submit(browser.open("/my-question/"), "Take it down", receipt=marks["take_down"]).status == 422
    page = browser.submit(browser.open("/words/lonely/"), "Send it", word=marks["suggestion"])
    assert "Thank you for the word" in page.text


def send_along(service: Service, marks: dict[str, str]) -> None:
    """A query, cookies and headers, with every page of the asker's side."""
    cookies = "; ".join(f"{name}={marks['cookie']}" for name in ("n", "s", "csrftoken", "l", "messages"))
    headers = {name: marks[name] for name in HEADERS} | {"cookie": cookies}
    for route in urlpatterns:
        path = "/" + str(route.pattern).replace("<slug:slug>", "lonely")
        page = call(service.url, f"{path}?{marks['query']}={marks['query']}", **headers)
        assert page.status in {200, 302, 405}, path
