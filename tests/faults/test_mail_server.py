"""A mail server that hangs, breaks off and refuses, and a broker that is gone, seen from a whole running service."""

import shutil
import socket
import statistics
import time
from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes

import pytest

from config import paths
from tests.askpeer import smtp
from tests.faults.size import LONG, size
from tests.journeys import service as services
from tests.journeys.mailbox import Mailbox
from tests.journeys.service import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
LETTERS = size(6, 60)
SECONDS = size(3, 60)  # of each fault
BEHIND = 60  # seconds that the sweep may be behind while mail hangs
PAGES = size(8, 50)
# Seconds that a page may take more while the broker is gone: one that waited for it would take 0.75 more, and a machine
# that runs other tests beside this one takes its own time.
MORE = size(0.3, 0.1)
PUT = """
from django.utils import timezone
from advisors.models import Person
from askpeer import outbox
person, now = Person.objects.first(), timezone.now()
for number in range({count}):
    outbox.put("password-reset", key=f"{name}:{{number}}", refs={{"person": str(person.pk)}}, now=now)
"""
WAKE = """
from django.utils import timezone
from askpeer.models import Beacon, OutboxRow
Beacon.objects.filter(name="down:mail").delete()
OutboxRow.objects.filter(state="waiting").update(due_at=timezone.now())
"""
STATES = "SELECT state, count(*) FROM askpeer_outboxrow WHERE kind = 'password-reset' GROUP BY state"
ALERTS = "SELECT count(*) FROM askpeer_outboxrow WHERE kind = 'red-question'"
UNSENT = "SELECT count(*) FROM askpeer_outboxrow WHERE state IN ('waiting', 'leased')"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    lease = str(size(20, 120))
    with (
        Mailbox() as letters,
        services.running(tmp_path_factory.mktemp("mail"), letters, ASKPEER_LEASE_SECONDS=lease) as running,
    ):
        yield running


def shell(service, script, **values):
    return service.command("shell", "--no-imports", "-c", script.format(**values))


def swept_at(service):
    said = service.health()["last_sweep_at"]
    return datetime.fromisoformat(said).timestamp() if said else 0.0


def behind(service, seconds):
    """How far behind the sweep was at most, looked at for so long."""
    worst, ends = 0.0, time.monotonic() + seconds
    while time.monotonic() < ends:
        worst = max(worst, time.time() - swept_at(service))
        time.sleep(0.2)
    return worst


def letters(service):
    """How often each of ours came, by its identity."""
    came = [message_from_bytes(letter) for letter in list(service.mailbox.letters)]
    return Counter(letter["Message-ID"] for letter in came if letter["Subject"] == "A new password")


def test_whatever_the_mail_server_does_ringing_goes_on_and_no_letter_is_lost(service, figure):
    until(lambda: swept_at(service), what="the first sweep")
    # The alerts of the other test here would be sent before ours, two seconds each where the server is slow.
    until(lambda: service.rows(UNSENT) == [(0,)], what="the alerts of before", seconds=240)
    worst, mailbox = {}, service.mailbox
    mailbox.letters.clear()
    mailbox.says = {"TAKEN": smtp.RESET}  # before the first of them leaves
    shell(service, PUT, name="letter", count=LETTERS)
    for name, says in {
        "resets after DATA": mailbox.says,
        "hangs": {"CONNECT": smtp.HANG},
        "refuses for now": {"RCPT": b"451 later"},
    }.items():
        mailbox.says = says
        shell(service, WAKE)
        worst[name] = behind(service, SECONDS)
    assert "sent" not in dict(service.rows(STATES))
    interrupted = sum(letters(service).values())
    mailbox.says, mailbox.hangs = {"TAKEN": smtp.HANG}, size(0.1, 2)  # slow now, and well
    worst["is slow"], ends = 0, time.monotonic() + 300
    while dict(service.rows(STATES)) != {"sent": LETTERS}:
        assert time.monotonic() < ends, service.rows(STATES)
        shell(service, WAKE)  # nobody waits here for what rests, or for the back-off of a letter
        worst["is slow"] = max(worst["is slow"], behind(service, size(2, 10)))
    came = letters(service)
    assert len(came) == LETTERS
    assert sum(came.values()) - LETTERS <= interrupted
    assert max(worst.values()) < BEHIND
    said = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in worst.items())
    figure(
        f"{LETTERS} letters, a mail server at fault for {3 * SECONDS} s",
        f"0 lost, {sum(came.values()) - LETTERS} repeated of {interrupted} interrupted after DATA; "
        f"sweep behind at most: {said}",
    )


def waits(service, name):
    """Seconds of each of so many questions that alert somebody, by the API."""
    found = []
    for number in range(PAGES):
        body = {"text": f"I am going to kill myself. It is day {number} of {name}.", "age_band": "16-17"}
        began = time.monotonic()
        page = service.call("questions/", body=body, Idempotency_Key=f"{name}-{number}")
        found.append(time.monotonic() - began)
        assert page.status == 201
    return found


@contextmanager
def silent(service, name):
    """Where this server was, a socket that takes calls and never answers."""
    path = paths.run_dir(service.home) / f"{name}.sock"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(128)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@pytest.mark.embedded  # broker and cache are two servers there
def test_a_page_waits_hardly_longer_for_a_broker_that_is_gone(service, figure):
    waits(service, "warm")
    found = {"up": waits(service, "up")}
    service.kill("broker")
    found["broker killed"] = waits(service, "killed")
    with silent(service, "broker"):
        found["broker silent"] = waits(service, "silent")
    shutil.rmtree(service.home / "broker")
    service.run("broker")
    assert service.rows(ALERTS) == [(4 * PAGES,)]  # each had somebody to alert
    for name, seconds in found.items():
        assert statistics.median(seconds) < statistics.median(found["up"]) + MORE, name
    if LONG:
        usual = statistics.quantiles(found["up"], n=20)[-1]
        assert max(found["broker silent"]) < usual + MORE + 0.1  # the machine's own noise
    said = [f"{name} {ms(statistics.median(one))}, worst {ms(max(one))}" for name, one in found.items()]
    figure(f"{PAGES} questions by the API, median", "; ".join(said))
    question = {"text": "I am going to kill myself. It is the last day.", "age_band": "16-17"}
    assert service.call("questions/", body=question, Idempotency_Key="last").status == 201


def ms(seconds):
    return f"{seconds * 1000:.0f} ms"
