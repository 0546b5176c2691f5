"""The keys are re-wrapped while many write, and whoever re-wraps them is killed: everything stays readable."""

import random
import sqlite3
import time
from contextlib import closing
from itertools import chain

import psycopg
import pytest

from tests.faults.house import house, new_key
from tests.faults.size import LONG, size
from tests.journeys.service import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

WRITERS, PROCESSES, KILLS, ASKED = size(4, 20), size(1, 4), size(2, 5), size(0, 1000)
REST = size(0.5, 0.1)  # seconds between two turns of a writer
FIRST, SECOND = f"first:{new_key()}", f"later:{new_key()}"
BEFORE, AFTER = f"{FIRST},{SECOND}", f"{SECOND},{FIRST}"
TABLES = {"questions_question", "questions_contact", "advisors_person", "duty_shiftnote", "intake_suggestedword"}
COUNT = "SELECT count(*) FROM questions_question WHERE substr(wrapped_key, 3, 5) = {later}"


@pytest.fixture
def own(tmp_path):
    with house(tmp_path, ASKPEER_KEKS=FIRST) as found:
        yield found


def under_the_second(own):
    """How many questions have their key under the second one."""
    if own.is_sqlite:
        with closing(sqlite3.connect(own.database, timeout=20)) as database:
            return database.execute(COUNT.format(later="CAST('later' AS BLOB)")).fetchone()[0]
    with psycopg.connect(own.env["DATABASE_URL"]) as database:
        return database.execute(COUNT.format(later="'later'::bytea")).fetchone()[0]


def begin_writers(own, ring, name):
    """Processes that write, each through threads of its own: (the processes, the files that say what they did)."""
    names = [f"{name}{number}" for number in range(WRITERS)]
    parts = [names[start::PROCESSES] for start in range(PROCESSES)]
    log = own.home / "written"
    call = "from tests.faults import acts; acts.print_('write', {part!r}, {stop!r}, {log!r}, {rest!r})"
    stop = str(own.home / f"stop-{name}")
    started = [
        own.begin(
            *("manage.py", "shell", "--no-imports", "-c", call.format(part=part, stop=stop, log=str(log), rest=REST)),
            ASKPEER_KEKS=ring,
        )
        for part in parts
    ]
    logs = [own.home / f"written.{one.capitalize()}" for one in names]
    until(lambda: _have_all_begun(started, logs), what="every writer's first", seconds=120)
    return started, logs


def _have_all_begun(started, logs):
    ended = [process for process in started if process.poll() is not None]
    assert not ended, ended[0].communicate()[0]
    return all(log.exists() and log.stat().st_size for log in logs)


def stop(own, started, name):
    (own.home / f"stop-{name}").touch()
    for process in started:
        said, _ = process.communicate(timeout=120)
        assert (process.returncode, said.splitlines()[-1]) == (0, "[]"), said


def kill_while_it_rotates(own, *, writers_are_new):
    """Begin the command and kill it in the middle; whether it was killed before its end.

    Writers who have the second key already make such keys as well, so there it is killed by the clock.
    """
    before = under_the_second(own)
    rotating = own.begin("manage.py", "rotate_keys", ASKPEER_KEKS=AFTER)
    if writers_are_new:
        time.sleep(random.uniform(0.5, 4))
    else:
        until(lambda: under_the_second(own) > before or rotating.poll() is not None, what="some keys")
    return own.kill(rotating)


def test_keys_rotated_under_writers_and_kills_leave_nothing_unreadable(own, figure):
    if ASKED:
        own.act("ask", ASKED)
    old, logs = begin_writers(own, BEFORE, "old")
    killed = [kill_while_it_rotates(own, writers_are_new=False) for _ in range(KILLS // 2)]
    stop(own, old, "old")
    new, more = begin_writers(own, AFTER, "new")
    killed += [kill_while_it_rotates(own, writers_are_new=True) for _ in range(KILLS - len(killed))]
    said = own.manage("rotate_keys", ASKPEER_KEKS=AFTER)
    assert said.splitlines()[-1] == "0 waiting"
    stop(own, new, "new")

    found = own.act("written", [str(log) for log in chain(logs, more)], ASKPEER_KEKS=SECOND)
    assert (found["wrong"], found["unreadable"], found["waiting"]) == (0, 0, 0)
    assert found["keys"].keys() >= TABLES
    assert any(killed)
    assert not LONG or (found["erased"] > 0 and "questions_lockednote" in found["keys"])
    figure(
        f"rotate keys under {WRITERS} writers and {sum(killed)} kills",
        f"0 unreadable of {sum(found['keys'].values())} keys, {found['kept']} written, {found['erased']} erased",
    )
