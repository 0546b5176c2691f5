"""Fixtures every test may use. A test's moment is fixed and passed down; nothing here patches our own code."""

import os
import secrets
import socket
import subprocess
from datetime import UTC, datetime, time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

import pytest
from django.apps import apps
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis

from askpeer import calendars, triggers
from askpeer.models import OpeningWindow, ServiceCalendar
from config import embedded
from questions.intake import kept
from questions.intake.models import OfferedLanguage

hypothesis.register_profile(
    "test", max_examples=100, stateful_step_count=30, deadline=None, database=None, derandomize=True
)
hypothesis.register_profile("faults", max_examples=500, stateful_step_count=50, deadline=None, database=None)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


ELSEWHERE = "embedded" if "DATABASE_URL" in os.environ else "postgresql"
# One running service, one browser; and groups begin first, so that slow commands are not what all wait for.
SHARING = {"journeys", "browser", "config"}


@pytest.hookimpl(tryfirst=True)  # before the runner reads the groups
def pytest_collection_modifyitems(items):
    """Tests that share something costly to start run in one process; those that draw their cases look for faults.

    What only one kind of database has is not collected on the other: a skipped test would be one that nobody ran.
    """
    items[:] = [item for item in items if not item.get_closest_marker(ELSEWHERE)]
    for item in items:
        folder = item.path.relative_to(item.config.rootpath).parts[1]
        if folder in SHARING:
            item.add_marker(pytest.mark.xdist_group(folder))
        if getattr(item.obj, "is_hypothesis_test", False):
            item.add_marker("faults")


def pytest_make_parametrize_id(val, argname):
    """A long text goes by its length: the names of the tests stay lines that can be read."""
    return f"{argname} of {len(val)}" if isinstance(val, str | bytes) and len(val) > 60 else None


@pytest.fixture(scope="session", autouse=True)
def _all_is_flushed():
    """Transactional tests empty the tables: the append-only guards would refuse that, and the search has no model.

    The hours a new service opens with come back, or what a test finds would hang on which ran before it.
    """
    original = TransactionTestCase._fixture_teardown
    hours = import_module("askpeer.migrations.0002_default_hours")

    def teardown(self):
        triggers.drop()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM publication_search")
        original(self)
        hours.open_on_weekdays(apps, None)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """People are made in nearly every test, and a password's real digest is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _counted_alone(settings):
    """Limits know a client by a digest under this key, in one cache for a whole run: each test counts alone."""
    settings.SECRET_KEY = secrets.token_urlsafe(50)


@pytest.fixture(autouse=True)
def _fresh_calendar():
    calendars.forget()
    kept.forget()
    yield
    calendars.forget()
    kept.forget()


@pytest.fixture(autouse=True)
def _english():
    """A request leaves its language on the thread; the next test begins in English all the same."""
    with translation.override("en"):
        yield


@pytest.fixture
def now():
    """Monday 16 November 2026, 11:00 in London: the service is open."""
    return datetime(2026, 11, 16, 11, tzinfo=UTC)


@pytest.fixture
def calendar(db):
    """Open Monday to Friday, 10:00 to 18:00 in London, closed on England's public holidays."""
    return open_calendar()


def open_calendar():
    """Those hours, written into whichever transaction is open."""
    ServiceCalendar.objects.all().delete()
    row = ServiceCalendar.objects.create()
    OpeningWindow.objects.bulk_create(
        OpeningWindow(calendar=row, weekday=day, opens=time(10), closes=time(18)) for day in range(5)
    )
    calendars.forget()
    return calendars.current()


@pytest.fixture
def dutch_offered(db):
    """Dutch, with Belgium's crisis services, as a manager would have switched it on."""
    return OfferedLanguage.objects.create(code="nl", country="BE", since=datetime(2026, 11, 2, 9, tzinfo=UTC))


@pytest.fixture(scope="session")
def _server():
    # A short path of its own: pytest's are longer than a socket's name may be.
    with TemporaryDirectory(prefix="askpeer-") as folder:
        path = Path(folder) / "redis.sock"
        command = [embedded.program(), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not _listens(path):
            assert process.poll() is None, "the server ended"
            sleep(0.01)
        yield path
        process.kill()
        process.wait()


def _listens(path):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


@pytest.fixture
def redis_server(_server):
    """The address of a real, empty Redis."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(_server))
        client.sendall(b"FLUSHALL\r\n")
        assert client.recv(16) == b"+OK\r\n"
    return f"unix://{_server}"
