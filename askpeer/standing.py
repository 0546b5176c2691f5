"""How the machinery stands: what /health/ says to a load balancer, and the manager's page in words."""

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from askpeer import heads, history, ledger, nudge, throttle
from askpeer.models import Beacon, OutboxRow, TrailEntry, TrailSeal

SWEEP_MAY_BE_BEHIND = timedelta(minutes=3)
# Whatever the night before was, the first sweep of this start has its three minutes, and the wall clock may be set.
SERVING_SINCE = time.monotonic()


class Swept(NamedTuple):
    """When the last sweep came to its end, if one ever did, and how far behind the sweep is."""

    at: datetime | None
    behind: timedelta

    @property
    def is_late(self) -> bool:
        return self.behind > SWEEP_MAY_BE_BEHIND


class Outbox(NamedTuple):
    """What waits to leave, since when the oldest of it should have, and what was given up."""

    waiting: int
    oldest_due: datetime | None
    dead: int


class Trail(NamedTuple):
    """The last seal of the trail, if there is one, how many entries wait for the next, and since when."""

    number: int
    sealed_at: datetime | None
    unsealed: int
    oldest: datetime | None


def swept(*, now: datetime) -> Swept:
    """1 SQL. Where no sweep has come since the start it is behind by as long as this process serves."""
    beacon = Beacon.objects.filter(name="sweep").first()
    behind = timedelta(seconds=time.monotonic() - SERVING_SINCE)
    # A moment far ahead was written by a clock gone wrong, and says nothing.
    if beacon and beacon.at <= now + SWEEP_MAY_BE_BEHIND:
        behind = min(behind, now - beacon.at)
    return Swept(beacon.at if beacon else None, behind)


def broker() -> str:
    return "up" if nudge.answers() else "down"


def cache() -> str:
    return "up" if throttle.answers() else "down"


def outbox(*, now: datetime) -> Outbox:
    """1 SQL."""
    waits = Q(state=OutboxRow.State.WAITING)
    found = OutboxRow.objects.aggregate(
        waiting=Count("pk", filter=waits | Q(state=OutboxRow.State.LEASED)),
        oldest_due=Min("due_at", filter=waits & Q(due_at__lte=now)),
        dead=Count("pk", filter=Q(state=OutboxRow.State.DEAD)),
    )
    return Outbox(**found)


def trail() -> Trail:
    """2 SQL."""
    last = TrailSeal.objects.order_by("-number").first()
    found = TrailEntry.objects.filter(seal=None).aggregate(unsealed=Count("pk"), oldest=Min("at"))
    return Trail(last.number if last else 0, last.at if last else None, **found)


def why_ledger_will_not_do() -> str:
    """What is wrong with the two files outside the database, or "". Reads the whole of the head's file. 2 SQL or so."""
    if ledger.is_lost():
        return "" if not TrailSeal.objects.exists() else "One of its two files is gone."
    if heads.is_anothers():
        return "It was written under another ASKPEER_RECEIPT_PEPPER."
    return "" if history.head_holds() else "It and the database do not agree."


def free_disk() -> int | None:
    """Bytes that are free where the database's file is; None where it is no file of this machine."""
    name = str(settings.DATABASES["default"]["NAME"])
    folder = Path(name).parent
    if connection.vendor != "sqlite" or not Path(name).is_file():
        return None
    return shutil.disk_usage(folder).free


def unapplied() -> list[str]:
    """The migrations that this version of the code has and the database lacks, by name. 1 SQL."""
    loader = MigrationLoader(connection)
    lacking = set(loader.disk_migrations) - set(loader.applied_migrations)
    return sorted(f"{app}.{name}" for app, name in lacking if (app, name) in loader.graph.nodes)


def clocks_apart(*, now: datetime) -> timedelta:
    """How far the database's clock is ahead of the moment now of this process. 1 SQL."""
    there = Beacon.objects.values_list(Now(), flat=True).first()
    return there - now if there else timedelta()
