"""docs/running.md, read from its beginning to its end on a machine of its own, while people come by."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import paths
from config.processes import parse_procfile
from tests.faults import guide, sizing, stack
from tests.faults.size import LONG, size
from tests.faults.units import Unit
from tests.faults.visitors import Door, Visitors
from tests.journeys.service import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

SET_UP = ("packages", "folders", "keys", "safe", "database", "database-log", "log-check", "program", "units", "migrate")
BEGIN = ("start", "nginx", "look", "first-manager", "backups")
LATER = ("drill", "restore", "upgrade")
SEED = "manage shell --no-imports -c 'from tests.faults import before; before.main(teams=0, old=0, seconds=0)'"
VISITORS, UPGRADES = 4, size(1, 3)
SECONDS = 20  # that each page is measured
ERASED, LOST = size(3, 50), size(2, 20)  # questions: erased since the backup, asked since the backup
TEXT = "I eat lunch alone at my new school. It is day {number}."
PLAINLY = 'for port in "$PORT_1" "$PORT_2"; do systemctl restart "askpeer-web@$port"; sleep 2; done'
WEB = 'systemctl {verb} "askpeer-web@$PORT_1" "askpeer-web@$PORT_2"'
BY_ITSELF = {"askpeer_beacon": 1, "askpeer_trailseal": 1}  # tables that the running service goes on writing
COUNTS = 'set -a && . "$ASKPEER_CONF/env" && "$ASKPEER_ROOT/current/docs/units/counts"'


def test_every_block_for_a_shell_is_read_here():
    assert set(guide.blocks()) == {"settings", *SET_UP, *BEGIN, *LATER}
    assert {language for language, _, _ in guide.fences()} == {"bash", "nft", "yaml"}


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_units_start_what_start_starts(name):
    instance = {"web": "@8001", "worker": "@1", "beat": ""}[name]
    started = " ".join(Unit.read(guide.UNITS, f"askpeer-{name}{instance}").started)
    line = parse_procfile((paths.BASE_DIR / "Procfile").read_text())[name]
    theirs = {
        "${PORT:-8000}": "8001",
        '"${ASKPEER_HOME:-var}/beat-schedule"': "/var/lib/askpeer/beat-schedule",
        '--forwarder-headers ""': "--forwarder-headers ",
    }
    for ours, of_a_unit in theirs.items():
        line = line.replace(ours, of_a_unit)
    more = {"worker": " --hostname worker1@%h"}.get(name, "")
    assert started == f"/srv/askpeer/current/.venv/bin/{line}{more}"


@contextmanager
def served():
    """The guide's machine up to its first backup, with what tells where it stands: (machine, door, partners' keys)."""
    with stack.machine() as machine:
        assert machine.read(*SET_UP) == "System check identified no issues (0 silenced)."
        machine.read(*BEGIN)
        yield machine, Door(machine.url, machine.env["CACERT"]), json.loads(machine.type(SEED).splitlines()[-1])


@pytest.mark.postgresql
def test_upgrade_under_load_drill_and_restore(figure):
    with served() as (machine, door, found):
        keys = found["partner_keys"]
        asked = _upgrade_while_people_come(machine, door, keys, figure)
        _both_gone(machine, door, keys[0])
        _drill(machine, figure)
        _restore(machine, door, asked, keys[0], figure)
        if LONG:
            _size(machine, keys[0], figure)
        _check_logs(machine, asked)


def _upgrade_while_people_come(machine, door, keys, figure):
    """Nobody's request fails, and whoever asked has their question. Returns {six words: the key that opens them}."""
    with Visitors(door, keys, count=VISITORS) as visitors:
        for number in range(UPGRADES):
            machine.read("upgrade", VERSION=str(number + 2))
    assert visitors.failed == {}
    asked = {receipt: keys[number % len(keys)] for receipt, number in visitors.asked.items()}
    texts = {receipt: TEXT.format(number=number) for receipt, number in visitors.asked.items()}
    assert {receipt: door.opens(key, receipt) for receipt, key in asked.items()} == texts
    assert Path(machine.env["ASKPEER_ROOT"], "current").resolve().name == str(UPGRADES + 1)
    figure(
        f"{UPGRADES} upgrades while {VISITORS} people come by",
        f"{len(visitors.seen)} requests, {len(visitors.failed)} failed, the longest {visitors.longest:.1f} s; "
        f"{len(asked)} asked, every receipt opens; {machine.seconds['upgrade']:.0f} s each",
    )
    if LONG:
        with Visitors(door, keys, count=VISITORS) as visitors:
            for _ in range(5):
                machine.type(PLAINLY)
        figure("the same by plain restarts, 5 times", f"{len(visitors.seen)} requests, failed: {visitors.failed}")
    return asked


def _both_gone(machine, door, key):
    """While no web process runs, nginx shows a page of ours; a form that comes then, and a program, are told so too."""
    page, problem = ((guide.UNITS / f"away.{kind}").read_text() for kind in ("html", "json"))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    machine.type(WEB.format(verb="stop"))
    for method, path, body in (("GET", "/", None), ("GET", "/library/", None), ("POST", "/ask/", "text=alone")):
        status, headers, said = door.answer(method, path, body, **(form if body else {}))
        assert (status, headers["Content-Type"], said) == (503, "text/html; charset=utf-8", page)
        assert (headers["Retry-After"], headers["Cache-Control"]) == ("120", "no-store")
    status, headers, said = door.answer("POST", "/api/v1/questions/", "{}", Authorization=f"Bearer {key}")
    assert (status, headers["Content-Type"], said) == (503, "application/problem+json", problem)
    machine.type(WEB.format(verb="start"))
    until(lambda: door.request("GET", "/")[0] == 200, what="a page of the service again", seconds=30)


def _drill(machine, figure):
    """Everything comes back but who was on duty; that it came back stands in the trail."""
    until(lambda: _ledger(machine).exists(), what="the first seal, with which the ledger begins", seconds=180)
    machine.read("backups", "drill")
    saved = _saved(machine)
    assert Path(machine.env["DRILL_FOUND"]).read_text().split("\n") == [
        f"-askpeer_trailentry {saved['askpeer_trailentry']}",
        f"+askpeer_trailentry {saved['askpeer_trailentry'] + 1}",
        "-duty_onduty 1",
        "",
    ]
    rows = sum(saved.values())
    figure("drill, with the keys from the stick", f"{rows} rows back in {machine.seconds['drill']:.0f} s, none missing")


def _restore(machine, door, asked, key, figure):
    """What was erased since the backup stays erased, what was asked since is gone, and all else is as it was."""
    gone, kept = [*asked][:ERASED], [*asked][ERASED : 2 * ERASED]
    for receipt in gone:
        door.erase(asked[receipt], receipt)
    late = [door.ask(key, number) for number in range(LOST)]
    machine.type("systemctl start askpeer-ledger")
    assert f"Erased again by the ledger: {ERASED}." in machine.read("restore")
    assert [door.opens(asked[receipt], receipt) for receipt in gone] == [None] * ERASED
    assert [door.opens(key, receipt) for receipt in late] == [None] * LOST
    assert all(door.opens(asked[receipt], receipt) for receipt in kept)
    saved, there = _saved(machine), _counts(machine.type(COUNTS))
    saved["questions_message"] -= ERASED
    saved["askpeer_trailentry"] += ERASED + 1
    del saved["duty_onduty"]
    assert there | BY_ITSELF == saved | BY_ITSELF
    figure(
        f"restore after {ERASED} erasures and {LOST} questions more",
        f"{machine.seconds['restore']:.0f} s, {len(saved)} tables as saved, less what the ledger erased",
    )


def _size(machine, key, figure):
    pace, weight = sizing.measure(machine, key, SECONDS)
    for what, rate in pace.items():
        assert rate > 0
        figure(f"one web process, {what}", f"{rate:.0f} a second")
    figure("memory and disk", ", ".join(f"{what} {found}" for what, found in weight.items()))


def _check_logs(machine, asked):
    """No log of any process holds a text, six words, an address or a path."""
    logs = [*machine.folder.glob("*.log"), *machine.nginx.glob("*.log"), Path(machine.env["POSTGRES_LOG"])]
    said = "\n".join(log.read_text() for log in logs)
    assert "POST 201 201" in said  # these are the right files
    for receipt in asked:
        assert receipt not in said
    for telling in ("lunch alone", "client:", "/my-question", "/api/v1", "127.0.0.1 -"):
        assert telling not in said


def _ledger(machine):
    return Path(machine.env["ASKPEER_DATA"], "ledger", "history-head.txt")


def _saved(machine):
    """What the newest backup holds: {table: rows}."""
    newest = max(Path(machine.env["OFFSITE"], "backups").glob("*.counts"))
    return _counts(newest.read_text())


def _counts(text):
    return {table: int(rows) for table, rows in map(str.split, text.splitlines())}
