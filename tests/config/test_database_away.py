"""The database is killed, restarting or locked: every page says so kindly, and no typed word goes with it."""

import html

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from askpeer import backups
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

WORDS = "I eat lunch alone, and nobody has asked me why."


@pytest.fixture
def asker(client, calendar):
    """Somebody who has told their age, before the page with the words."""
    client.raise_request_exception = False
    client.post("/ask/", {"age_band": "13-15", "writer": "anyone"})
    return client


@pytest.fixture(params=[OperationalError, InterfaceError])
def away(request):
    def fail(*_):
        raise request.param("server closed the connection")

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def advisor(calendar):
    client = Client(raise_request_exception=False)
    client.force_login(PersonFactory())
    return client


def test_what_an_asker_typed_stands_on_the_page(asker, away):
    page = asker.post("/ask/words/", {"text": WORDS})
    assert (page.status_code, page["Cache-Control"]) == (503, "no-store")
    assert "Nothing is lost. Please look in again in a few minutes." in page.content.decode()
    assert f"readonly>{WORDS}</textarea>" in page.content.decode()


def test_what_an_advisor_typed_stands_on_the_page(advisor, away):
    page = advisor.post("/desk/00000000-0000-0000-0000-000000000007/write/", {"text": WORDS})
    assert (page.status_code, f"readonly>{WORDS}</textarea>" in page.content.decode()) == (503, True)


@pytest.fixture
def restoring(settings, tmp_path):
    """A backup is being brought back under a service that went on running."""
    settings.LEDGER = tmp_path / "erased.txt"
    (tmp_path / "restoring").write_text("backup\n")


def test_while_a_backup_is_brought_back_no_page_reads_the_database(client, calendar, restoring):
    with connection.execute_wrapper(refuse_every_statement):
        found = {path: client.get(path).status_code for path in ("/", "/library/", "/desk/", "/health/")}
        program = client.get("/api/v1/topics/", headers={"Authorization": "Bearer ap_some-key"})
    assert found == {"/": 503, "/library/": 503, "/desk/": 503, "/health/": 503}
    assert client.get("/health/").json() == {"database": "being restored"}
    assert (program.status_code, program["Content-Type"]) == (503, "application/problem+json")
    assert program.json()["type"] == "/api/v1/docs/#unavailable"


def refuse_every_statement(*_):
    raise AssertionError("the database was read")


def test_what_was_typed_while_a_backup_is_brought_back_stands_on_the_page(asker, restoring):
    page = asker.post("/ask/words/", {"text": WORDS})
    assert (page.status_code, page["Cache-Control"]) == (503, "no-store")
    assert "Nothing is lost. Please look in again in a few minutes." in page.content.decode()
    assert f"readonly>{WORDS}</textarea>" in page.content.decode()


def test_when_it_is_back_the_pages_are_too(client, calendar, restoring):
    assert client.get("/library/").status_code == 503
    backups.finish()
    assert client.get("/library/").status_code == 200


def test_a_page_where_nothing_was_typed_has_no_box(client, away):
    client.raise_request_exception = False
    page = client.get("/library/")
    assert (page.status_code, "<textarea" in page.content.decode()) == (503, False)


def test_a_program_is_told_to_come_again(client, away):
    client.raise_request_exception = False
    answer = client.get("/api/v1/topics/", headers={"Authorization": "Bearer ap_some-key"})
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["type"] == "/api/v1/docs/#unavailable"


def test_another_failure_is_still_our_mistake(client, db):
    def fail(*_):
        raise ValueError

    client.raise_request_exception = False
    with connection.execute_wrapper(fail):
        page = client.get("/library/")
    assert (page.status_code, page["Cache-Control"]) == (500, "no-store")
    assert "It's our fault, not yours." in html.unescape(page.content.decode())
    assert "ValueError" not in page.content.decode()
