"""The ways out of the service, and which of them is down: what fails as a whole rests, and one relay tries it again.

A mail server that hangs would otherwise hold every worker up, one row after the other.
"""

import time
from datetime import datetime, timedelta

from askpeer.models import Beacon

REST = timedelta(seconds=30)


class Down(Exception):
    """What carries a delivery failed, not the delivery: the next ones by the same way would fail alike."""


class Ways:
    """What one relay knows of each way, by its name, e.g. mail. A delivery without a way is always let through."""

    def __init__(self, now: datetime) -> None:
        self.now, self.began = now, time.monotonic()
        self.open: dict[str, bool] = {}
        self.tried: set[str] = set()

    def is_open(self, way: str) -> bool:
        """Whether to send by it: it works, or its rest is over and this relay is the one to try."""
        if way and way not in self.open:
            self.open[way] = self._works(way) or self._is_mine_to_try(way)
        return not way or self.open[way]

    def failed(self, way: str) -> None:
        """Let it rest from now on, whoever relays."""
        self.open[way] = False
        moment = self.now + timedelta(seconds=time.monotonic() - self.began)
        Beacon.objects.update_or_create(name=_name(way), defaults={"at": moment})

    def worked(self, way: str) -> None:
        if way in self.tried:
            self.tried.remove(way)
            Beacon.objects.filter(name=_name(way)).delete()

    def _works(self, way: str) -> bool:
        return not Beacon.objects.filter(name=_name(way)).exists()

    def _is_mine_to_try(self, way: str) -> bool:
        """One UPDATE, so that of two relays one hangs on it. A moment far ahead was set by a clock gone wrong."""
        resting = {"at__gt": self.now - REST, "at__lt": self.now + REST}
        mine = Beacon.objects.filter(name=_name(way)).exclude(**resting).update(at=self.now)
        self.tried |= {way} if mine else set()
        return bool(mine)


def _name(way: str) -> str:
    return f"down:{way}"
