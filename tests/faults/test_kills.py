"""Questions from asking to reading, while worker, beat, web, broker, cache and database are killed at any moment."""

import json
import os
import random
import time
from collections import Counter
from contextlib import contextmanager, nullcontext
from email import message_from_bytes
from functools import partial

import pytest

from tests.faults import drive, postgres
from tests.faults.size import LONG, size
from tests.journeys import service
from tests.journeys.mailbox import Mailbox
from tests.journeys.service import until

pytestmark = pytest.mark.faults

RUN_ON = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "embedded"
COUNT = {"embedded": size(10, 1000), "postgresql": size(10, 2000)}
KILLS = size({"worker": 1, "web": 1, "beat": 1, "redis": 1}, {"worker": 20, "web": 20, "beat": 20, "redis": 6})
DATABASE_KILLS = {"embedded": {}, "postgresql": {"database": size(1, 6)}}
TEAMS, EMAILS = size(2, 4), size(1, 3)
OLD = size(5, 300)
IN_A_LETTER = 3  # of so many kills of the worker one waits until a letter is on its way
LONGEST_PAUSE = size(0.2, 2.0)  # seconds that something stays dead
LEASE = size(service.LEASE_SECONDS, 30)  # seconds, longer than any send that nobody kills
UNSENT = "SELECT count(*) FROM askpeer_outboxrow WHERE state IN ('waiting', 'leased')"


class Killer:
    """Kills and starts again, at moments that depend on how far the crowd is.

    in_flight: the sends that a kill met, each an outbox row and its attempt. away: from when to when there was no
    database (time.monotonic()).
    """

    def __init__(self, running, mailbox, server, crowd):
        self.service, self.mailbox, self.server, self.crowd = running, mailbox, server, crowd
        self.chance, self.killed, self.in_flight, self.away = random.Random(2026), Counter(), set(), []

    def go_through(self, kills):
        """One after the other, spread over the crowd's whole work; a worker first, when letters are still to come."""
        names = list((Counter(kills) - Counter(["worker"])).elements())
        self.chance.shuffle(names)
        names.insert(0, "worker")
        for number, name in enumerate(names):
            share = (number + self.chance.random()) / len(names)
            until(partial(self._is_so_far, share), what=f"{share:.0%} of the answers", seconds=600)
            getattr(self, f"kill_{name}")()
            self.killed[name] += 1
        until(partial(self._is_so_far, 1), what="the last answer", seconds=600)
        until(lambda: self.crowd.is_done, what="everybody to go home")

    def _is_so_far(self, share):
        self.crowd.check()
        ended = self.service.children.pump(0.02)
        assert ended is None, (self.service.home / f"{ended.name}.log").read_text()[-5000:]  # it ended by itself
        return self.crowd.answered >= share * len(self.crowd.questions)

    def kill_web(self):
        self._again("web")

    def kill_beat(self):
        self._again("beat")

    def kill_redis(self):
        names = list(self.service.redis())
        for name in names:
            self.service.kill(name)
        self._pause()
        for name in names:
            self.service.run(name)

    def kill_worker(self):
        in_a_letter = self.killed["worker"] % IN_A_LETTER == 0
        with self.mailbox.hanging() if in_a_letter else nullcontext():
            if in_a_letter:
                hung = partial(self._hangs_one_of, len(self.mailbox.dropped))
                until(hung, what="a letter to hang", seconds=240)
            self.service.kill("worker")
        self._count_sends()
        self._pause()
        self.service.run("worker")

    def _hangs_one_of(self, before):
        """Whether a letter hangs, or none is to come any more."""
        return len(self.mailbox.dropped) > before or (self.crowd.is_done and self.service.rows(UNSENT) == [(0,)])

    def kill_database(self):
        began = time.monotonic()
        self.server.kill()
        self._pause()
        self.server.start()
        self._count_sends()
        self.away.append((began, time.monotonic()))

    def _again(self, name):
        self.service.kill(name)
        self._pause()
        self.service.run(name)

    def _pause(self):
        time.sleep(self.chance.uniform(0, LONGEST_PAUSE))

    def _count_sends(self):
        """Whose worker has gone, so that nobody tells what became of it."""
        self.in_flight |= set(self.service.rows("SELECT id, attempts FROM askpeer_outboxrow WHERE state = 'leased'"))


@contextmanager
def _served(on, home, letters):
    """The service, and the database server that may be killed, where there is one."""
    seed = f"from tests.faults import before; before.main(teams={TEAMS}, old={OLD}, seconds={size(1, 300)})"
    with postgres.server() if on == "postgresql" else nullcontext() as server:
        where = {"DATABASE_URL": server.url} | service.own_redis() if server else {}
        with service.running(home, letters, on=where, seed=seed, ASKPEER_LEASE_SECONDS=str(LEASE)) as running:
            yield running, server


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("on", ["embedded", "postgresql"] if LONG else [RUN_ON])
def test_nothing_is_lost_and_nothing_happens_twice(on, tmp_path, figure):
    began = time.monotonic()
    with Mailbox() as letters, _served(on, tmp_path, letters) as (running, server):
        crowd = drive.Crowd(running, count=COUNT[on], teams=TEAMS, emails=EMAILS)
        killer = Killer(running, letters, server, crowd)
        crowd.start()
        killer.go_through(KILLS | DATABASE_KILLS[on])
        _settle(running)
        _check_questions(running, crowd)
        _check_rows(running, crowd)
        extra = _check_letters(running, crowd, letters)
        _check_failures(crowd.failures, killer.away)
    assert extra <= len(killer.in_flight)
    assert killer.in_flight
    kills = ", ".join(f"{count} of {name}" for name, count in killer.killed.items())
    figure(
        f"{on}: {COUNT[on]} questions, killed: {kills}",
        f"0 lost, 0 twice, {extra} letters a second time of {len(killer.in_flight)} in flight at a kill, "
        f"{crowd.replayed} answers given again, {len(crowd.failures)} times “later” while the database was away; "
        f"{time.monotonic() - began:.0f} s",
    )


def _settle(running):
    """Let what is due be done, and what was interrupted be done again."""
    time.sleep(max(0, running.sign_ins["old"][-1]["due"] - time.time()))
    late = "SELECT count(*) FROM questions_reminder WHERE kind = 'late'"
    until(lambda: running.rows(late) == [(OLD,)], what="whoever waits too long to be told", seconds=120)
    if LONG:  # once a minute
        untold = "SELECT count(*) FROM questions_reminder WHERE told_at IS NULL AND NOT superseded"
        until(lambda: running.rows(untold) == [(0,)], what="staff to be told of every reminder", seconds=240)
        running.command("verify_history")
    until(lambda: running.rows(UNSENT) == [(0,)], what="the outbox to be empty", seconds=LEASE + 90)


def _check_questions(running, crowd):
    """Whoever has six words reads exactly what was approved."""
    device = drive.Device(running.url, crowd.failures)
    for question in crowd.questions:
        read = drive.read(device, question)
        assert (read["id"], read["status"], read["answer"]["text"]) == (question.id, "answered", question.answer)


def _check_rows(running, crowd):
    """One row for each thing that happened, and nothing that still waits."""
    count, old, rows = len(crowd.questions), len(running.sign_ins["old"]), running.rows
    statuses = "SELECT status, count(*) FROM questions_question GROUP BY status"
    assert dict(rows(statuses)) == {"answered": count, "new": old}
    answers = "SELECT count(*), count(DISTINCT round_id) FROM questions_message WHERE kind = 'answer'"
    assert rows(answers) == [(count, count)]
    place = "question_id, round_number, stage, kind"
    assert rows(f"SELECT {place} FROM questions_reminder GROUP BY {place} HAVING count(*) > 1") == []
    assert rows("SELECT count(*) FROM questions_reminder WHERE kind = 'late'") == [(old,)]
    outbox = "SELECT state, count(*), count(DISTINCT key) FROM askpeer_outboxrow WHERE kind = '{}' GROUP BY state"
    mails = sum(bool(question.email) for question in crowd.questions)
    assert rows(outbox.format("answer-ready")) == [("sent", mails, mails)]
    assert rows(outbox.format("late")) == [("sent", old, old)]
    assert {state for (state,) in rows("SELECT DISTINCT state FROM askpeer_outboxrow")} <= {"sent", "dropped"}
    told = Counter(_told(rows("SELECT refs FROM askpeer_outboxrow WHERE kind = 'staff-notice'")))
    assert [reminder for reminder, times in told.items() if times > 1] == []


def _told(rows):
    """Who was told of which reminder."""
    for (refs,) in rows:
        said = json.loads(refs) if isinstance(refs, str) else refs
        yield from ((said["person"], reminder) for reminder in said["reminders"])


def _check_letters(running, crowd, letters):
    """Every asker with an address has their letter. Returns how many letters came a second time."""
    kept = [message_from_bytes(letter) for letter in letters.letters]
    expected = {question.email for question in crowd.questions if question.email}
    expected |= {old["email"] for old in running.sign_ins["old"]}
    assert {letter["To"] for letter in kept if letter["To"].endswith("@asker.example")} == expected
    # A server that read a letter to its end may well have delivered it, though it never said so.
    read = [letter["Message-ID"] for letter in [*kept, *map(message_from_bytes, letters.dropped)]]
    return len(read) - len(set(read))


def _check_failures(failures, away):
    """Nobody saw a failure but while the database was away; and then a kind page, with every word they had typed."""
    for failure in failures:
        assert any(began <= failure.ended and failure.began <= ended for began, ended in away), failure
        assert failure.status == 503, failure
        assert failure.kind in {"text/html", "application/problem+json"}, failure
        assert failure.kept, failure
