"""Appends lines to a file outside the database, each on the disk before we go on."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def begin(path: Path) -> None:
    """Have the file there, with mode 0600 and its folder with 0700 where they are made. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def append(path: Path, line: str) -> None:
    """Add one line to a file that was begun. Raises OSError where it is gone, and for half a line.

    Then the file is as it was, as far as the disk lets us.
    """
    raw = f"{line}\n".encode()
    # Never made here: a file that somebody deleted has to be missed.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        # One at a time: whoever takes back a line must not take another's that came behind it.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = os.fstat(descriptor).st_size
        try:
            _write(descriptor, raw)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)


def _write(descriptor: int, raw: bytes) -> None:
    if os.write(descriptor, raw) != len(raw):
        raise OSError("the disk is full")
    os.fsync(descriptor)
