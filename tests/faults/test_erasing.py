"""What was erased stays erased when yesterday's backup is brought back: the commands as processes, on real files."""

import os
import shutil
import time

import pytest

from tests.faults.house import house
from tests.faults.size import size
from tests.journeys.service import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

ERASED, KEPT, KILLS = size(20, 500), 5, size(2, 40)
LONGEST = 3  # seconds that a restore takes, about
BEHIND = f"{ERASED} rows that were erased or ended are in this database again: "
BROKEN_OFF = "A backup is being brought back, or that was broken off."
WELL = {"complaint": "", "trail": [], "unreadable": 0}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Every test leaves it as a service that may go on."""
    with house(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
def backup(tmp_path):
    return tmp_path / "yesterday"


def raw(own):
    """Every byte of the database, where it is files."""
    return b"".join(path.read_bytes() for path in own.home.glob("askpeer.sqlite3*"))


def test_yesterdays_backup_opens_nothing_that_was_erased_since(own, backup, figure):
    asked = own.act("yesterday", ERASED + KEPT, ERASED, str(backup))
    keys = [bytes.fromhex(row[2]) for row in asked]

    own.bring_back(backup)
    serves, said = own.serves()
    assert (serves, BEHIND in said) == (False, True)

    assert f"Erased again by the ledger: {ERASED}." in own.manage("restore", str(backup))
    left = own.act("look", asked)
    assert left == WELL | {"receipts": KEPT, "rows": 2 * KEPT}
    if own.is_sqlite:
        found = raw(own)
        assert [sum(key in found for key in part) for part in (keys[:ERASED], keys[ERASED:])] == [0, KEPT]
    readable = left["receipts"] - KEPT
    figure(f"erase {ERASED}, restore yesterday's backup", f"{readable} readable after the ledger, refused before it")


def test_a_restore_killed_anywhere_leaves_nothing_that_serves_half(own, backup, figure):
    """Killed at moments from its first change on; what serves afterwards is the old database or the new one, whole."""
    asked, whole = own.act("yesterday", 3, 1, str(backup)), WELL | {"receipts": 2, "rows": 4}
    under_way, refused = own.ledger.with_name("restoring"), 0
    for number in range(KILLS):
        restoring = own.begin("manage.py", "restore", str(backup))
        until(lambda: under_way.exists() or restoring.poll() is not None, what="a restore")  # noqa: B023
        time.sleep(LONGEST * number / KILLS)
        own.kill(restoring)
        left = own.act("look", asked)
        refused += BROKEN_OFF in left["complaint"]
        assert left == whole or BROKEN_OFF in left["complaint"]
    own.manage("restore", str(backup))
    assert (own.act("look", asked), refused > 0) == (whole, True)
    assert list(own.home.glob("*.restoring*")) == []
    figure(f"restore killed {KILLS} times", f"{refused} refused to serve, {KILLS - refused} served whole, 0 half")


@pytest.mark.postgresql
@pytest.mark.parametrize(("end", "code"), [("exit 2", 2), ("kill -9 $$", -9)])
def test_a_restore_of_which_nobody_knows_the_end_leaves_nothing_that_serves(own, backup, tmp_path, end, code):
    """psql ends as where the server is gone, or as where it is killed: the commit may have come through."""
    asked = own.act("yesterday", 2, 1, str(backup))
    psql = tmp_path / "psql"
    psql.write_text(f'#!/bin/sh\n{shutil.which("psql")} "$@"\n{end}\n')
    psql.chmod(0o700)
    status, said = own.run("manage.py", "restore", str(backup), PATH=f"{tmp_path}:{os.environ['PATH']}")
    told = f"psql ended with {code} and nobody knows what came of it. Run restore again."
    assert (status, told in said) == (1, True)
    assert BROKEN_OFF in own.act("look", asked)["complaint"]
    own.manage("restore", str(backup))
    assert own.act("look", asked) == WELL | {"receipts": 1, "rows": 2}


def test_half_a_backup_changes_nothing_and_an_older_versions_is_migrated_and_replayed(own, backup):
    asked = own.act("of_an_older_version", 2, str(backup))
    half = backup.with_name("half")
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    code, said = own.run("manage.py", "restore", str(half))
    assert (code, BROKEN_OFF in said) == (1, False)
    assert own.act("look", asked) == WELL | {"receipts": 1, "rows": 2}
    assert "Erased again by the ledger: 1." in own.manage("restore", str(backup))
    assert own.act("look", asked) == WELL | {"receipts": 1, "rows": 2}
    assert own.run("manage.py", "migrate", "--check")[0] == 0
