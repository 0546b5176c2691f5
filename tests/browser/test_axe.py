"""Every page, on the smallest phone by day and on a desk at night: no violation, and nothing wider than that phone.

One walk for all of it, because the way to a page takes longer than a look at it: the asker's pages are weighed and
measured as well.
"""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, URLPattern, get_resolver, resolve

from tests.browser import shape, weight
from tests.browser.demo import Demo
from tests.browser.places import ASKERS, Place, places
from tests.browser.stage import DESK, SMALLEST

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

AXE = Path(find_spec("axe_playwright_python").origin).with_name("axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""The rules that a width or a colour can break; the others read the same HTML once."""
RUN = """runOnly => axe.run({runOnly, selectors: false, resultTypes: ["violations"]}).then(
    found => found.violations.map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 200)).join(" | ")))"""
UNFOLD = "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"
SETTLE = "() => Promise.all(document.getAnimations().map(one => one.finished)).then(() => 0)"
WIDTH = "() => document.scrollingElement.scrollWidth"

POSTED = {
    *(f"intake:{name}" for name in ("reply", "follow_up", "feedback", "consent", "report", "close", "take_down")),
    *(f"desk:{name}" for name in ("next", "claim", "hand_back", "recuse", "autosave", "autosave_ask", "take_back")),
    *(f"review:{name}" for name in ("next", "pass_message", "pass_feedback", "settle", "level", "redirect", "hold")),
    *(f"review:{name}" for name in ("assign", "recuse", "start", "approve", "comment", "resolve", "changes")),
    *(f"review:{name}" for name in ("escalate", "skip", "unskip")),
    *(f"review:{name}" for name in ("take_back", "level_undo", "apart", "mask", "propose_words", "words_approve")),
    *(f"review:{name}" for name in ("words_drop", "start_duty", "end_duty", "text_approve", "text_drop")),
    *(f"duty:{name}" for name in ("add_shift", "add_on_call", "add_absence", "remove")),
    *(f"review:{name}" for name in ("lock", "publication_withdraw", "publication_show")),
    *(f"safeguarding:{name}" for name in ("keep", "let_go", "settle", "about_staff")),
    "team:stay",
    "team:training_pass",
    *(f"beside:{name}" for name in ("sit", "get_up", "ask", "put_back", "lift")),
    *(f"team:{name}" for name in ("be_away", "be_back", "turn_off", "no_debrief")),
    *(f"team:{name}" for name in ("round", "praise", "post_down", "kudos_down")),
    *(
        f"manage:{name}"
        for name in (
            "retry",
            "close",
            "resend",
            "withdraw",
            "language_on",
            "language_off",
            "word_accept",
            "word_refuse",
            "hours_open",
            "signpost_checked",
            "signpost_delete",
            "text_drop",
            "text_retire",
            "topic_up",
            "topic_down",
            "topic_retire",
            "topic_bring_back",
            "topic_delete",
            "hours_stranded",
            "partner_take_up",
            "partner_secret",
            "partner_former",
            "partner_resume",
            "partner_send_again",
            *(f"person_{part}" for part in ("who", "role", "age", "checks", "work", "guardian", "sign_out")),
        )
    ),
}
"""Routes that answer a POST alone."""
NO_PAGES = {
    *("health", "set_language", "intake:leave", "intake:notes", "intake:download", "library:feed", "library:sitemap"),
    *("robots", "partners:look", "manage:signposts_export"),
    *("mfa_download_recovery_codes", "mfa_login_webauthn", "account_email"),
    *("advisors:home", "review:triage_next", "account_confirm_login_code", "account_set_password"),
    *("beside:beat", "beside:desk_beat", "team:training_export"),
    *("metrics", "manage:figures_csv"),
}
"""Routes that answer with a file, with JSON or by leading on, or behind a page of ours at the same address."""


def test_every_page_is_open_to_everybody(stage, moment, subtests):
    demo, visited = Demo(stage, moment), set()
    demo.happen()
    for round_, place in places(demo):
        with subtests.test(place.name):
            page = demo.page(place.who)
            visited |= visit(page, place)
            if round_ in ASKERS:
                weight.check(page, stage.load)
            look(page)
            if round_ in ASKERS:
                assert shape.too_small(page) == []
    assert every_route() - visited - POSTED - NO_PAGES == set()


def visit(page, place: Place) -> set[str]:
    """Go there. Returns the names of the routes whose pages were shown on the way."""
    page.goto(place.path)
    first = route(page.url)
    assert not (isinstance(place.who, str) and place.who and first == "account_login"), "They are signed out."
    place.act(page)
    return {first, route(page.url)}


def route(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def look(page) -> None:
    page.evaluate(UNFOLD)
    page.set_viewport_size(SMALLEST)
    assert page.evaluate(WIDTH) == SMALLEST["width"]
    page.evaluate(AXE)
    assert page.evaluate(RUN, TAGS) == []
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLE)
    assert page.evaluate(WIDTH) == DESK["width"]
    assert page.evaluate(RUN, LOOKS) == []
    page.emulate_media(color_scheme="light")


def every_route() -> set[str]:
    """The name of every route outside the API."""
    return {name for name in named(get_resolver(), ()) if not name.startswith("api:")}


def named(resolver, spaces):
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or ""))
        else:
            yield from named(one, (*spaces, one.namespace) if one.namespace else spaces)
