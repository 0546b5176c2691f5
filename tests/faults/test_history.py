"""Sealers that are killed at any moment, two at once: the trail and its head hold."""

import random
import time

import pytest

from tests.faults.house import house
from tests.faults.size import size
from tests.journeys.service import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

KILLS = size(2, 40)


def test_sealers_killed_anywhere_leave_a_trail_that_holds(tmp_path, figure):
    with house(tmp_path) as own:
        head = own.ledger.with_name("history-head.txt")
        sealers = [begin(own), begin(own)]
        for _ in range(KILLS):
            grown = head.stat().st_size if head.exists() else 0
            until(lambda: head.exists() and head.stat().st_size > grown, what="a seal")  # noqa: B023
            time.sleep(random.uniform(0, 0.2))
            assert own.kill(sealers.pop(0))
            sealers.append(begin(own))
        for sealer in sealers:
            own.kill(sealer)
        seals, unsealed, problems = own.act("finish_sealing")
        assert (unsealed, problems, seals > KILLS) == (0, [], True)
        figure(f"two sealers, {KILLS} of them killed", f"{seals} seals, all hold")


def begin(own):
    return own.begin("manage.py", "shell", "--no-imports", "-c", "from tests.faults import acts; acts.seal_on()")
