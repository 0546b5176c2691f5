"""The ledger of erasures: a file outside the database and its backups, one line each, on disk before the commit.

A backup brought back would bring erased questions back too; the ledger says which, `restore` erases them again, and
the service refuses to serve until that is done (questions/checks.py).
"""

import os
from datetime import datetime

from django.conf import settings


def record(subject: str, *, now: datetime) -> None:
    """Append a subject, e.g. question:<id>, and wait until the disk has it. Raises OSError: then nothing is erased."""
    line = f"{now.isoformat()} {subject}\n".encode()
    settings.LEDGER.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(settings.LEDGER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(descriptor, line) != len(line):
            raise OSError("the ledger's disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def subjects() -> set[str]:
    """Everything ever erased. A line cut short by a crash is no subject, and its erasure was never committed."""
    if not settings.LEDGER.exists():
        return set()
    lines = settings.LEDGER.read_text().splitlines(keepends=True)
    # The last word, since a line cut short has the next one's beginning right behind it.
    return {line.split()[-1] for line in lines if line.endswith("\n") and len(line.split()) >= 2}
