"""Locks that tell whether a data directory is in use. The kernel frees them when their last holder dies."""

import fcntl
import os
import time
from pathlib import Path


def hold(path: Path, *, wait: float = 0) -> int | None:
    """Lock the file, trying for `wait` seconds. Return its descriptor, or None when another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.1)
