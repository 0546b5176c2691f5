"""Sweepers, each in a process of its own: for how many seconds, and how many each one's clock is wrong."""

import os
import sys
import time
from datetime import timedelta

import django

ROUNDS = 8  # at least, however busy the machine is


def main(seconds, clocks):
    """Fork them all from here: what every one of them imports is imported once. Exit as the worst of them does."""
    django.setup()
    children = [fork(lambda wrong=wrong: sweep(seconds, wrong)) for wrong in clocks]
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children))


def fork(act):
    if pid := os.fork():
        return pid
    ended = 1
    try:
        act()
        ended = 0
    finally:
        sys.stdout.flush()
        os._exit(ended)


def sweep(seconds, wrong):
    from django.db import OperationalError
    from django.utils import timezone

    from advisors import reminding
    from askpeer import history, outbox
    from questions import sweeping

    ends, rounds, failed = time.monotonic() + seconds, 0, 0
    while time.monotonic() < ends or rounds < ROUNDS:
        rounds += 1
        for verb in (sweeping.ring, reminding.group_reminders, outbox.relay, history.seal):
            try:
                verb(now=timezone.now() + timedelta(seconds=wrong))
            except OperationalError:  # as a worker's task would fail, and the next one go on
                failed += 1
        time.sleep(0.05)
    print(f"failed {failed} of {rounds}")


if __name__ == "__main__":
    main(float(sys.argv[1]), [int(word) for word in sys.argv[2:]])
