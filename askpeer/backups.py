"""A copy of the database in one file, and back. Secrets, the ledger and the trail's head are never part of it."""

import os
import shutil
import sqlite3
import subprocess  # nosec B404
from contextlib import suppress
from pathlib import Path

from django.db import connection

from askpeer.errors import Refused


def save(target: Path) -> None:
    """Write a consistent copy to a new file of mode 0600. Raises Refused when it cannot be one or a tool is missing."""
    if os.path.lexists(target):
        raise Refused(f"{target} exists already. Choose another name.")
    try:
        target.touch(mode=0o600)
        _dump(target)
    except (OSError, sqlite3.Error) as problem:
        _drop(target)
        raise Refused(f"{target} cannot be written: {problem}.") from None
    except Refused:
        _drop(target)
        raise


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(connection.settings_dict["NAME"]), target)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _drop(target: Path) -> None:
    """Half a backup is none, and its name is free for the next try."""
    with suppress(OSError):
        target.unlink()


def load(source: Path) -> None:
    """Bring a copy back over the present database; stop the service first, and replay the ledger afterwards."""
    if not source.is_file():
        raise Refused(f"{source} is not a file.")
    if connection.vendor == "sqlite":
        _check_sqlite(source)
        connection.close()
        _copy_sqlite(source, Path(connection.settings_dict["NAME"]))
    else:
        connection.close()
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(source))


def _copy_sqlite(source: Path, target: Path) -> None:
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()


def _check_sqlite(source: Path) -> None:
    try:
        opened = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
        opened.execute("SELECT 1 FROM questions_question LIMIT 1")
        opened.close()
    except sqlite3.DatabaseError:
        raise Refused(f"{source} is not a backup of this service.") from None


def _run(tool: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise Refused(f"{tool} is not installed here. It comes with PostgreSQL's client.")
    named = connection.settings_dict
    where = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    values = {name: str(named[key]) for name, key in where.items() if named[key]}
    into = ["--dbname", values["PGDATABASE"]] if tool == "pg_restore" else []
    done = subprocess.run(  # nosec B603
        [found, *into, *arguments], env=os.environ | values, capture_output=True, text=True, check=False
    )
    if done.returncode:
        # A tool's own words may quote rows, so only its last line's beginning is shown.
        raise Refused(f"{tool} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1][:120]}")
