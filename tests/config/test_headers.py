"""What every answer says to a browser, and what no script of ours does."""

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "askpeer" / "static" / "askpeer").glob("*.js"))
PAGES = ("/", "/ask/", "/library/", "/accounts/login/", "/nowhere/", "/api/v1/topics/", "/health/")
RISKY = (
    r"\S+\.innerHTML\b.*|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage"
    r"|addEventListener\(.message|onmessage|createContextualFragment|parseFromString"
)
KEEPING = r"(?:localStorage|sessionStorage)\b[^;]*;|indexedDB|\bcaches\.|document\.cookie|serviceWorker"
OURS_ALONE = (
    "/manage.py", "/config/settings.py", "/.git/config", "/.env", "/var/secrets/SECRET_KEY", "/docs/", "/tests/",
    "/static/", "/static/askpeer/", "/static/../manage.py", "/static/%2e%2e/manage.py",
    "/static/askpeer/../../models.py", "/static/..%2fmodels.py", "/static//etc/passwd",
)  # fmt: skip
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
@pytest.mark.parametrize("method", ["get", "options"])
def test_a_page_elsewhere_may_read_nothing(client, path, method):
    asking = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = getattr(client, method)(path, headers=asking)
    assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []


@pytest.mark.parametrize("path", OURS_ALONE)
def test_no_file_but_a_static_one_is_served_and_no_folder_is_listed(client, path):
    static = client.get("/static/askpeer/app.css")
    assert (static.status_code, b"".join(static)[:1] != b"") == (200, True)
    static.close()
    answer = client.get(path)
    assert (answer.status_code, b"Traceback" in answer.content) == (404, False)


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


def test_scripts_keep_nothing_in_the_browser_but_whether_single_keys_are_on():
    found = [f"{script.name}: {what}" for script in SCRIPTS for what in re.findall(KEEPING, script.read_text())]
    assert found == [
        'triage.js: localStorage.getItem("triage-keys") === "on";',
        'triage.js: localStorage.setItem("triage-keys", on ? "on" : "off");',
    ]
