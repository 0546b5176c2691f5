"""What every answer says to a browser, and what no script of ours does."""

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "askpeer" / "static" / "askpeer").glob("*.js"))
PAGES = ("/", "/ask/", "/library/", "/accounts/login/", "/nowhere/", "/api/v1/topics/", "/health/")
RISKY = (
    r"\S+\.innerHTML = \S+;|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage"
    r"|addEventListener\(.message"
)
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_says_that_its_type_is_meant(client, path):
    answer = client.get(path)
    names = ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    assert [answer.headers.get(name) for name in names] == ["nosniff", "same-origin", "same-origin"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_allows_its_own_files_alone(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert dict(part.strip().split(" ", 1) for part in policy.split(";")) == POLICY


def test_every_cookie_is_for_this_site_and_out_of_reach_of_scripts(client):
    client.get("/accounts/login/")
    client.get("/ask/")
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    flags = {name: (cookie["samesite"], cookie["httponly"]) for name, cookie in client.cookies.items()}
    assert set(flags.values()) == {("Lax", True)}
    assert "csrftoken" in flags


@pytest.mark.parametrize("path", PAGES)
def test_trace_is_refused(client, path):
    assert client.trace(path).status_code in {401, 404, 405}


def test_the_only_html_that_scripts_put_in_was_drawn_by_the_server():
    """Fragments of our own pages, escaped by their templates; everything else is text."""
    found = [f"{script.name}: {what}" for script in SCRIPTS for what in re.findall(RISKY, script.read_text())]
    assert found == [
        'autosave.js: part("checks").innerHTML = told.checks;',
        'beside.js: part("draft").innerHTML = told.draft;',
        'beside.js: part("notes").innerHTML = told.notes;',
    ]
