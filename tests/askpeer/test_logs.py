import json
import logging
import sys

import pytest
from django.conf import settings
from django.test import RequestFactory

from askpeer import middleware
from askpeer.logs import LineFormatter

CANARY = "my brother found my diary"


def line(record):
    return json.loads(LineFormatter().format(record))


def record(message, *args, exc_info=None, **extra):
    made = logging.LogRecord("askpeer", logging.ERROR, "file.py", 1, message, args, exc_info)
    made.__dict__.update(extra)
    return made


def failure():
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        return type(error), error, error.__traceback__


def test_a_line_names_its_event_and_the_known_fields():
    found = line(record("request", route="intake:ask", method="POST", status=302, milliseconds=4))
    assert {name: value for name, value in found.items() if name != "at"} == {
        "level": "ERROR",
        "logger": "askpeer",
        "event": "request",
        "route": "intake:ask",
        "method": "POST",
        "status": 302,
        "milliseconds": 4,
    }


def test_arguments_and_unknown_fields_are_left_out():
    found = line(record("failed for %s", CANARY, text=CANARY, client="198.51.100.77"))
    assert set(found) == {"at", "level", "logger", "event"}
    assert found["event"] == "failed for %s"


def test_an_exception_is_its_type_and_places_and_never_its_words():
    formatted = LineFormatter().format(record("failed", exc_info=failure()))
    assert formatted.count(CANARY) == 0
    found = json.loads(formatted)
    assert (found["error"], len(found["frames"])) == ("ValueError", 1)
    assert found["frames"][0].startswith("test_logs.py:")
    assert found["frames"][0].endswith(":failure")


def test_an_object_logged_as_a_message_is_named_by_its_type():
    assert line(record(ValueError(CANARY)))["event"] == "ValueError"


def test_no_line_can_be_slipped_in():
    formatted = LineFormatter().format(record('a\r\n{"event": "b"}\u2028', route="x\ny"))
    assert len(formatted.splitlines()) == 1
    assert json.loads(formatted)["event"].startswith("a\r\n")


def test_lines_go_to_standard_error_and_nowhere_else():
    handlers = settings.LOGGING["handlers"].values()
    assert [(handler["class"], handler["formatter"], handler.get("stream")) for handler in handlers] == [
        ("logging.StreamHandler", "lines", None)
    ]
    assert logging.StreamHandler().stream is sys.stderr


@pytest.fixture
def access(caplog):
    """The access log's records; the root logger is not asked to carry them."""
    caplog.set_level(logging.INFO, logger="askpeer.access")
    return caplog


@pytest.mark.django_db
def test_the_access_log_has_the_route_and_neither_path_query_nor_client(client, access):
    client.get("/health/?words=diary", REMOTE_ADDR="198.51.100.77", HTTP_USER_AGENT="diary")
    (made,) = [made for made in access.records if made.name == "askpeer.access"]
    found = line(made)
    assert (found["route"], found["method"], found["event"]) == ("health", "GET", "request")
    assert [word for word in ("diary", "198.51", "/health") if word in json.dumps(found)] == []


@pytest.mark.django_db
def test_a_path_that_is_no_route_is_not_written_down(client, access):
    client.get("/my-brother-found-my-diary/")
    (made,) = [made for made in access.records if made.name == "askpeer.access"]
    assert (line(made)["route"], line(made)["status"]) == ("-", 404)


def too_long(path, length=str(1024 * 1024 + 1)):
    request = RequestFactory().post(path, REMOTE_ADDR="127.0.0.1")
    request.META["CONTENT_LENGTH"] = length
    return middleware.body_limit(lambda request: pytest.fail("the body was let in"))(request)


@pytest.mark.django_db
def test_a_body_over_a_megabyte_is_answered_with_a_page():
    response = too_long("/ask/")
    assert (response.status_code, response["Content-Type"]) == (413, "text/html; charset=utf-8")


def test_a_body_over_a_megabyte_is_answered_with_a_problem_in_the_api():
    response = too_long("/api/v1/questions/")
    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")
    assert json.loads(response.content) == {
        "type": "/api/v1/docs/#too-large",
        "title": "Too large",
        "status": 413,
        "detail": "A request can be 1 MiB at most.",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["-1", "1e3", "lots", "²"])
def test_a_length_that_is_no_number_is_refused_too(length):
    assert too_long("/ask/", length).status_code == 413


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("text/plain; charset=hex", "text/plain"),
        ('multipart/form-data; CHARSET="utf-16"; boundary=b', "multipart/form-data; boundary=b"),
        ("multipart/form-data; boundary=charset", "multipart/form-data; boundary=charset"),
        ("text/html; x*=bogus''y", "text/html"),
        ("multipart/form-data; boundary*=bogus''y", "multipart/form-data"),
        ("", ""),
    ],
)
def test_a_media_type_is_read_without_its_codec(header, kept):
    assert middleware.without_charset(header) == kept


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf8", "iso-8859-1", "utf-16", "hex", "undefined", "no-such"])
def test_a_codec_that_a_client_names_is_not_taken(client, calendar, charset):
    form = f"application/x-www-form-urlencoded; charset={charset}"
    typed = client.generic("POST", "/ask/", "age_band=13-15&nation=GB-ENG&writer=anyone", content_type=form)
    read = client.generic("GET", "/library/?q=%e9", content_type=f"text/plain; charset={charset}")
    called = client.generic("GET", "/api/v1/library/?q=%e9", content_type=f"text/plain; charset={charset}")
    parts = client.generic(
        "POST", "/ask/", b"--b--", content_type=f"multipart/form-data; boundary=b; charset={charset}"
    )
    assert (typed.status_code, read.status_code, called.status_code, parts.status_code) == (302, 200, 401, 302)


@pytest.mark.django_db
def test_a_body_that_is_too_long_is_kept_as_little_as_any(client):
    response = client.post("/ask/", b"x" * (1024 * 1024 + 1), content_type="text/plain")
    assert (response.status_code, response["Cache-Control"], response["Referrer-Policy"]) == (
        413,
        "no-store",
        "same-origin",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/", "/nowhere/"])
def test_what_is_not_said_to_be_public_is_stored_and_found_by_nobody(client, path):
    response = client.get(path)
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
