"""What a page of the asker's side weighs: what a slow phone has to fetch before it can be read."""

import gzip

from playwright.sync_api import Page, Request

MOST_REQUESTS = 4  # the page, its styles, two scripts
LOOK = "/partners/look/"  # the one line of style of a page in a partner's colour
MOST_HTML = 6144  # bytes, compressed
STRIP = """html => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const one of page.querySelectorAll(".message .note, .note .said, .said ~ ol, .sheet, textarea"))
        one.replaceChildren();
    for (const one of page.querySelectorAll("input[type=hidden]:not([name=csrfmiddlewaretoken])")) one.value = "";
    return page.documentElement.outerHTML;
}"""


def check(page: Page, load: list[Request]) -> None:
    """load is what the browser asked for since it last went somewhere, the page itself first."""
    asked = [request.url for request in load]
    assert len(asked) <= MOST_REQUESTS + sum(LOOK in url for url in asked[:3]), asked
    weight = weigh(page, load[0].response().text())
    assert weight <= MOST_HTML, weight


def weigh(page: Page, html: str) -> int:
    """Bytes of the HTML as it travels, without the words of the asker and of the answer.

    A question may be 3,000 characters long and an answer longer, and no page can be lighter than what people wrote. So
    their texts are left out: the messages of a thread, what is checked before sending, the sheet to talk from, and what
    stands in boxes or is carried along in hidden fields. Everything else counts, the token of a form too.
    """
    return len(gzip.compress(page.evaluate(STRIP, html).encode()))
