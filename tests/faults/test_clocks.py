"""Eight sweepers at once, the clock of each as wrong as an hour: everything happens once all the same."""

import json
import re
import sys
from collections import Counter
from datetime import time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from askpeer import calendars, history, outbox
from askpeer.models import OpeningWindow, OutboxRow, ServiceCalendar, TrailSeal
from config.processes import Children, shell
from questions.models import Contact, Question, Reminder, Round
from tests.askpeer import smtp
from tests.factories import LeadFactory, PersonFactory, SupervisorFactory
from tests.faults.beside import environment
from tests.faults.size import size
from tests.in_a_file import database_in_a_file
from tests.journeys import service as services
from tests.journeys.service import until
from tests.many import many_questions

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
HOUR = 3600
CLOCKS = (-HOUR, -HOUR, -60, 0, 0, 60, HOUR, HOUR)  # seconds wrong, one a sweeper
SECONDS = size(4, 60)
COUNT = size(120, 2000)
LETTERS = size(20, 150)  # askers who left an address
SLOW = 0.15  # seconds that the mail server thinks each letter over, so that there always is a live lease
TRAIL = 300


@pytest.fixture
def mailbox():
    with smtp.Server() as server:
        server.says, server.hangs = {"TAKEN": smtp.HANG}, SLOW
        yield server


def open_always():
    ServiceCalendar.objects.all().delete()
    row = ServiceCalendar.objects.create(country="")
    days = [OpeningWindow(calendar=row, weekday=day, opens=time(0), closes=time(0)) for day in range(7)]
    OpeningWindow.objects.bulk_create(days)
    calendars.forget()


def prepare(now):
    """Red questions, told at any hour: some overdue for days, some in the hour that the clocks disagree about."""
    open_always()
    advisors = [PersonFactory() for _ in range(5)]
    SupervisorFactory(), SupervisorFactory(), LeadFactory()
    for number, advisor in enumerate(advisors):
        asked = now - timedelta(days=4, seconds=number)
        values = {"status": "in_progress", "level": "red", "version": 3, "holder": advisor}
        many_questions(COUNT // 5, now=asked, **values)
    for question in Question.objects.order_by("pk")[:LETTERS]:
        Contact.objects.create(question=question, email=f"{question.pk.hex}@asker.example")
    Round.objects.update(due_at=now - timedelta(minutes=30), promised_at=now - timedelta(minutes=30))
    Question.objects.update(alarm_at=now - timedelta(minutes=90), alarm_kind="half")
    many_questions(COUNT // 5, now=now - timedelta(minutes=20), level="red")
    for number in range(TRAIL):
        history.record(subject=f"test:{number}", kind="made", actor="test", now=now - timedelta(hours=3))


def sweep(env):
    """All of them from now on, until the last has ended by itself."""
    said = []
    with Children(env=env) as children:
        argv = [sys.executable, "-m", "tests.faults.sweeper", str(SECONDS), *map(str, CLOCKS)]
        sweepers = children.spawn("sweepers", argv, sink=said.append)
        while children.pump(0.1) is not sweepers:
            pass
    assert sweepers.process.returncode == 0, said
    return said


def test_eight_sweepers_whose_clocks_disagree_by_two_hours_do_nothing_twice(mailbox, tmp_path, figure, settings):
    settings.LEDGER = tmp_path / "ledger" / "erased.txt"
    with database_in_a_file(tmp_path / "clocks.sqlite3"):
        now = timezone.now()
        prepare(now)
        said = sweep(environment(mail_port=mailbox.port, ledger=settings.LEDGER))
        settings.EMAIL_BACKEND = "askpeer.mail.Server"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        mailbox.says = {}
        outbox.relay(now=now + timedelta(hours=3))  # what a clock an hour ahead put for later

        found = tally()
        check(found, mailbox)
        figure(
            f"{len(CLOCKS)} sweepers, clocks wrong by up to an hour, {Question.objects.count()} questions, "
            f"{connection.vendor}",
            f"{said_of(found, mailbox)}; {sum(map(failures, said))} tasks failed",
        )


def failures(line):
    return int(line.split()[1]) if line.startswith("failed") else 0


def tally():
    """What the rows say of everything that has to happen once, in numbers."""
    now, notices = timezone.now(), OutboxRow.objects.filter(kind="staff-notice").values_list("refs", flat=True)
    reminders = Counter(Reminder.objects.values_list("question", "round_number", "stage", "kind"))
    told = Counter((refs["person"], pk) for refs in notices for pk in refs["reminders"])
    return {
        "reminders": len(reminders),
        "reminders twice": sum(reminders.values()) - len(reminders),
        "told": len(told),
        "told twice": sum(told.values()) - len(told),
        "overdue": Question.objects.filter(alarm_at__lte=now - timedelta(hours=1)).count(),
        "untold": Reminder.objects.filter(superseded=False, told_at=None).count(),
        "unsent": OutboxRow.objects.exclude(state__in=["sent", "dropped"]).count(),
        "sent": OutboxRow.objects.filter(state="sent").count(),
        "digests": max(Counter(refs["person"] for refs in notices).values()),
        "seals": TrailSeal.objects.count(),
        "trail": history.verify(now=now),
    }


def check(found, mailbox):
    """Everything was done, and nothing twice."""
    assert (found["reminders twice"], found["told twice"], found["trail"]) == (0, 0, [])
    assert (found["overdue"], found["untold"], found["unsent"]) == (0, 0, 0)
    assert found["told"] > 0
    letters = Counter(re.search(rb"Message-ID: (\S+)", letter)[1] for letter in mailbox.letters)
    assert set(letters.values()) == {1}
    assert len(letters) == found["sent"]
    assert len([letter for letter in mailbox.letters if b"@asker.example" in letter]) == LETTERS


def said_of(found, mailbox):
    return (
        f"0 duplicates in {found['reminders']} reminders, {len(mailbox.letters)} letters; {found['digests']} digests a "
        f"person at most; {found['seals']} seals"
    )


def act(service, call):
    """Run a function of this module in the service's own environment; return what it returned."""
    words = f"import json; from tests.faults import test_clocks; print(json.dumps(test_clocks.{call}))"
    return json.loads(service.command("shell", "--no-imports", "-c", words).splitlines()[-1])


def prepare_now():
    prepare(timezone.now())


def relay_what_was_put_for_later():
    return outbox.relay(now=timezone.now() + timedelta(hours=3))


def test_two_beats_two_workers_and_all_these_sweepers_do_nothing_twice(mailbox, tmp_path, figure):
    with services.running(tmp_path, mailbox, ASKPEER_LEASE_SECONDS="120") as service:
        act(service, "prepare_now()")
        beat, worker = (service.line(name) for name in ("beat", "worker"))
        # Where there are two of them, they are on two machines: each has its own file.
        service.children.spawn("beat", shell(beat.replace("beat-schedule", "another-schedule")))
        service.children.spawn("worker", shell(worker))
        said = []
        argv = [sys.executable, "-m", "tests.faults.sweeper", str(SECONDS), *map(str, CLOCKS)]
        sweepers = service.children.spawn("sweepers", argv, sink=said.append)
        until(lambda: service.children.pump(0.1) is sweepers, what="the sweepers", seconds=600)
        assert sweepers.process.returncode == 0, said
        mailbox.says = {}
        act(service, "relay_what_was_put_for_later()")
        until(lambda: act(service, "tally()")["unsent"] == 0, what="the last letters", seconds=120)
        found = act(service, "tally()")
        check(found, mailbox)
        figure("2 beats and 2 workers beside the 8 sweepers", said_of(found, mailbox))
