"""Chromium, and a stage for it: the live server, and nothing else within reach."""

import os
import shutil
from pathlib import Path

import pytest
import time_machine
from django.core.servers.basehttp import WSGIRequestHandler
from playwright.sync_api import expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import PATIENCE, Stage
from tests.factories import NOW
from tests.in_a_file import database_in_a_file

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"
MISSING = "Chromium is not here. Install it (on Debian: apt install chromium), or name its path in CHROMIUM."


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


if os.environ.get("CI") and not _chromium():
    raise pytest.UsageError(MISSING)


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not _chromium():
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="package")
def chromium():
    """One Chromium. While it runs there is an event loop in this thread, which the ORM would refuse to work beside."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # The live server sends a head and its body apart; without this each body waits 40 ms for the head's receipt.
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-auto-reload", ALONE]
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def moment():
    """A Monday morning, so that no page depends on when it is looked at. The clock goes on from there."""
    with time_machine.travel(NOW, tick=True):
        yield NOW


@pytest.fixture
def live_server(transactional_db, tmp_path):
    """A server of this test's own: pages that somebody writes on ask it for several things in the same moment."""
    with database_in_a_file(tmp_path / "browser.sqlite3"):
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture
def stage(chromium, moment, live_server, calendar, settings, tmp_path):
    """Visitors of the live server. In the end nobody has asked for an address elsewhere, and no script has failed."""
    settings.HOME, settings.LEDGER = tmp_path, tmp_path / "erased.txt"
    settings.SECOND_FACTOR = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    stage = Stage(chromium, live_server.url)
    yield stage
    stage.close()
    assert (stage.strays, stage.faults) == ([], [])
