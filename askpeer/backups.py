"""A copy of the database in one file, and back. Secrets, sessions, the ledger and the trail's head are never in it.

Bringing one back takes several steps; while a note beside the ledger says that it is under way, nothing serves
(askpeer/checks.py), so that a restore which was killed has to be run to its end.
"""

import os
import shutil
import sqlite3
import subprocess  # nosec B404
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection

from askpeer import appending
from askpeer.errors import Refused

ENDING = 5  # seconds that a service just stopped may take to let its connections go
ROLLED_BACK = 3  # psql's exit code; with another one the commit may have come through
IN_USE = "Something still uses the database. Stop the service first."
OTHERS = """SELECT 1 FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'askpeer' AND pid <> pg_backend_pid() LIMIT 1"""
DROP_TABLES = """DO $$DECLARE name text; BEGIN
FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema()
LOOP EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', name); END LOOP; END$$;"""


class Unsettled(Refused):
    """The new database may be in place, and nobody has replayed the ledger on it: the note stays."""


def save(target: Path) -> None:
    """Write a consistent copy to a new file of mode 0600. Raises Refused when it cannot be one or a tool is missing.

    It has its name when it is whole, so a file of that name is a backup.
    """
    if os.path.lexists(target):
        raise Refused(f"{target} exists already. Choose another name.")
    try:
        # A part of our own, of mode 0600: another run under the same name has another.
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f"{target.name}.", suffix=".part") as part:
            _dump(Path(part.name))
            _flush(Path(part.name))
            os.link(part.name, target)
    except (OSError, sqlite3.Error) as problem:
        raise Refused(f"{target} cannot be written: {problem}.") from None
    _flush(target.parent)


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _copy_sqlite(connection.connection, target)
        with closing(sqlite3.connect(target)) as copy, copy:
            copy.execute("PRAGMA secure_delete = ON")
            for table in left_out() & _tables(copy):
                copy.execute(f"DELETE FROM {table}")  # nosec B608
    else:
        without = [f"--exclude-table-data={table}" for table in sorted(left_out())]
        _run("pg_dump", "--format=custom", "--no-owner", *without, f"--file={target}")


def left_out() -> set[str]:
    """The tables whose rows never come along: whoever has such a row may act as its owner."""
    marked = {model for model in apps.get_models() if getattr(model, "LEFT_OUT_OF_BACKUPS", False)}
    return {model._meta.db_table for model in marked | {Session}}


def _tables(copy: sqlite3.Connection) -> set[str]:
    """A database that is not migrated yet lacks some."""
    return {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def load(source: Path) -> None:
    """Bring a copy back in place of the present database, whole or not at all. Raises Refused.

    Stop the service first. Afterwards migrate, replay the ledger, and finish().
    """
    if not source.is_file():
        raise Refused(f"{str(source)!a} is not a file.")
    began_before = is_under_way()
    try:
        appending.begin(_note())
        appending.append(_note(), ascii(str(source)))
        _load_sqlite(source) if connection.vendor == "sqlite" else _load_postgresql(source)
    except Unsettled:
        raise
    except (Refused, OSError) as problem:
        # The note of an earlier one stays: what that left behind has still to come to its end.
        if not began_before:
            finish()
        raise problem if isinstance(problem, Refused) else Refused(f"Nothing was restored: {problem}.") from None


def is_under_way() -> bool:
    return _note().exists()


def finish() -> None:
    """Say that what load() began has come to its end."""
    _note().unlink(missing_ok=True)


def _note() -> Path:
    return settings.LEDGER.with_name("restoring")


def _live() -> Path:
    return Path(connection.settings_dict["NAME"])


def _load_sqlite(source: Path) -> None:
    """Into a file beside, looked at there, then renamed: a kill leaves the old database or the new one."""
    connection.close()
    live = _live()
    beside, is_in_place = live.with_name(f"{live.name}.restoring"), False
    try:
        _drop(beside)
        beside.touch(mode=live.stat().st_mode & 0o777 if live.exists() else 0o600)
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            _copy_sqlite(backup, beside)
        _check_sqlite(beside)
        _flush(beside)
        _fold(live)
        beside.replace(live)
        is_in_place = True
    except sqlite3.DatabaseError as problem:
        if getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise Refused(f"{live} cannot be written: {problem}.") from None
        raise Refused(f"{source} is not a backup of this service.") from None
    except OSError as problem:
        raise Refused(f"{live} cannot be written: {problem}.") from None
    finally:
        if not is_in_place:
            _drop(beside)
    try:
        _flush(live.parent)
    except OSError as problem:
        raise Unsettled(f"{live} may not be on disk: {problem}. Run restore again.") from None


def _copy_sqlite(reading: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)
        # The copy is one file, whatever lay beside the original.
        writing.execute("PRAGMA journal_mode = DELETE")


def _check_sqlite(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as opened:
        if opened.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError
        opened.execute("SELECT 1 FROM questions_question, django_migrations LIMIT 1")


def _fold(live: Path) -> None:
    """Leave no log beside the old file, which the new one would take for its own. Nobody else may have it open."""
    if not live.exists():
        return
    try:
        with closing(sqlite3.connect(live, timeout=5)) as opened:
            opened.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as problem:
        if problem.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Refused(IN_USE) from None
    # What cannot be opened any more has a log that nothing can read either.
    for end in ("-wal", "-shm", "-journal"):
        live.with_name(live.name + end).unlink(missing_ok=True)


def _drop(path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}-journal")):
        name.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _load_postgresql(source: Path) -> None:
    """One transaction, committed when pg_restore has said all: a kill anywhere leaves the old database.

    The tables go first, also those that the backup does not know.
    """
    _refuse_in_use()
    connection.close()
    script = [_tool("pg_restore"), "--clean", "--if-exists", "--no-owner", "--file=-", str(source)]
    into = [_tool("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
    env = _where() | {"PGOPTIONS": "-c client_min_messages=warning"}
    pipe, is_sent = subprocess.PIPE, False
    with (
        subprocess.Popen(script, env=env, stdout=pipe, stderr=pipe) as reading,  # nosec B603
        subprocess.Popen(into, env=env, stdin=pipe, stderr=pipe) as writing,  # nosec B603
    ):
        assert reading.stdout
        assert reading.stderr
        assert writing.stdin
        assert writing.stderr
        with suppress(BrokenPipeError), writing.stdin as told:
            told.write(f"BEGIN;\n{DROP_TABLES}\n".encode())
            shutil.copyfileobj(reading.stdout, told)
            if reading.wait() == 0:
                is_sent = True
                told.write(b"COMMIT;\n")
        reading.stdout.close()
        code, said = writing.wait(), writing.stderr.read()
        if is_sent and code not in {0, ROLLED_BACK}:
            raise Unsettled(f"psql ended with {code} and nobody knows what came of it. Run restore again.")
        _check_end("psql", code, said)
        _check_end("pg_restore", reading.wait(), reading.stderr.read())


def _refuse_in_use() -> None:
    """Raise Refused while another process of the service is connected, which would serve what the ledger erases."""
    until = time.monotonic() + ENDING
    while _others_are_connected():
        if time.monotonic() > until:
            raise Refused(IN_USE)
        time.sleep(0.1)


def _others_are_connected() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            return cursor.fetchone() is not None
    except DatabaseError as problem:
        raise Refused(f"The database cannot be used: {' '.join(str(problem).split())}") from None


def _run(tool: str, *arguments: str) -> None:
    done = subprocess.run(  # nosec B603
        [_tool(tool), *arguments], env=_where(), capture_output=True, check=False
    )
    _check_end(tool, done.returncode, done.stderr)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(f"{name} is not installed here. It comes with PostgreSQL's client.")
    return found


def _where() -> dict[str, str]:
    named = connection.settings_dict
    where = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    return os.environ | {name: str(named[key]) for name, key in where.items() if named[key]}


def _check_end(tool: str, code: int, said: bytes) -> None:
    if code:
        # A tool's own words may quote rows, so only its last line's beginning is shown.
        last = said.decode(errors="replace").strip().splitlines()[-1:] or [""]
        raise Refused(f"{tool} ended with {code}: {last[0][:120]}")
