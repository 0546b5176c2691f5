"""`manage.py sweep --loop`: a database that goes and comes back does not end it, and SIGTERM does, at any moment."""

import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from askpeer import outbox
from askpeer.models import Beacon, OutboxRow
from config.processes import Children
from tests.askpeer import smtp
from tests.factories import ManagerFactory
from tests.faults.beside import environment
from tests.in_a_file import database_in_a_file
from tests.journeys.service import until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mailbox():
    with smtp.Server() as server:
        yield server


@pytest.fixture
def loop(calendar, mailbox, tmp_path):
    """A running loop that has swept once: its process, the lines it said, and how to pass them on."""
    with database_in_a_file(tmp_path / "sweep.sqlite3"):
        env = environment(mail_port=mailbox.port, ledger=tmp_path / "ledger" / "erased.txt")
        with Children(env=env) as children:
            said = []
            child = children.spawn("sweep", [sys.executable, "manage.py", "sweep", "--loop"], sink=said.append)
            until(lambda: children.pump(0.1) or Beacon.objects.filter(name="sweep").exists(), what="the first sweep")
            yield Loop(child, children, said)


class Loop:
    def __init__(self, child, children, said):
        self.child, self.children, self.said = child, children, said

    def seconds_to_end(self):
        """Ask it to end; how long it takes to. It ends well."""
        began = time.monotonic()
        self.child.process.terminate()
        until(lambda: self.children.pump(0.02) is self.child, what="the end of the loop", seconds=30)
        assert (self.child.process.returncode, self.said) == (0, [])
        return time.monotonic() - began


def put_letter():
    person = ManagerFactory()
    outbox.put("password-reset", key="letter", refs={"person": str(person.pk)}, now=timezone.now())


def test_it_ends_on_sigterm(loop):
    assert loop.seconds_to_end() < 10


def test_it_ends_on_sigterm_while_a_mail_server_keeps_it_waiting_and_the_letter_goes_later(loop, mailbox, settings):
    mailbox.says = {"CONNECT": smtp.HANG}
    put_letter()
    until(lambda: mailbox.calls, what="a letter to hang")
    assert loop.seconds_to_end() < 10
    assert OutboxRow.objects.values_list("state", "attempts").get() == ("leased", 1)
    OutboxRow.objects.update(leased_until=timezone.now())
    assert outbox.relay(now=timezone.now()) == 1


def test_it_goes_on_when_the_database_is_there_again(loop, mailbox):
    with database_away():
        until(lambda: loop.children.pump(0.1) or loop.said, what="a line about it", seconds=30)
    put_letter()
    until(lambda: loop.children.pump(0.1) or mailbox.letters, what="the letter", seconds=40)
    lines = [json.loads(line) for line in loop.said]
    assert {(line["logger"], line["event"]) for line in lines} == {("askpeer.sweep", "a part of the sweep failed")}
    assert {line["error"] for line in lines} <= {"OperationalError", "InterfaceError", "DatabaseError"}
    loop.said.clear()
    assert loop.seconds_to_end() < 10


@contextmanager
def database_away():
    """No process can work on it: nothing can be opened where it was, or its server drops every line at once."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        connection.close()
        os.rename(name, f"{name}.away")
        name.mkdir()
        yield
        name.rmdir()
        os.rename(f"{name}.away", name)
        return
    name, user = connection.settings_dict["NAME"], connection.settings_dict["USER"]
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (datname, usename) = (%s, %s)"
    connection.close()
    # Nobody may shut the database that they are in, nor end what the server itself does in it.
    elsewhere = connection.get_connection_params() | {"dbname": "postgres", "autocommit": True}
    with psycopg.connect(**elsewhere) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            server.execute(others, [name, user])
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
