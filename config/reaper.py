"""Have the last word on process groups whose starter died: reads `+GROUP` and `-GROUP` lines until its input ends.

The starter adds a group when it starts one and takes it away when that has ended. An input that ends with groups
left means that the starter was killed: their leaders were told to end then (see tether.py), and what is left of
them after the grace is killed.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

GRACE = 10


def reap(lines: Iterable[str], *, grace: float = GRACE) -> None:
    """Read the lines to their end, then kill the groups left once they have had `grace` seconds to end."""
    groups: set[int] = set()
    for line in lines:
        number = int(line[1:])
        if line.startswith("+"):
            groups.add(number)
        else:
            groups.discard(number)
    deadline = time.monotonic() + grace
    while any(_exists(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.1)
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    reap(sys.stdin)
