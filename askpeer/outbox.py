"""What leaves the service: put in the sender's transaction, leased, sent outside every transaction, settled.

The promise: one row a key, nothing lost, and at most one repeated message for each send that a kill interrupts.
A handler (config/outbox.py) is asked again right before sending and may say that there is nothing to tell any more.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from askpeer import nudge
from askpeer.models import OutboxRow

FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(hours=24)
State = OutboxRow.State


class Undeliverable(Exception):
    """The other side refused for good: there is no use in trying again."""


class Delivery(Protocol):
    """What a handler returns: something that sends itself, e.g. askpeer.mail.Mail."""

    def send(self) -> None: ...


Handler = Callable[..., Delivery | None]


def put(kind: str, *, key: str, refs: dict[str, Any], now: datetime, due: datetime | None = None) -> None:
    """Add a row in the caller's transaction and nudge the relay after its commit; a key already there stays."""
    row = OutboxRow(kind=kind, key=key, refs=refs, due_at=due or now, created_at=now)
    OutboxRow.objects.bulk_create([row], ignore_conflicts=True)
    nudge.after_commit("askpeer.tasks.relay")


def claim_one(*, now: datetime, elapsed: timedelta = timedelta(0)) -> OutboxRow | None:
    """Lease the oldest row due at now, or None; elapsed is how long ago now was read.

    The guarded UPDATE lets one of two relays have it.
    """
    waiting = OutboxRow.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "pk")
    for row in waiting[:20]:
        until = now + elapsed + settings.OUTBOX_LEASE
        mine = OutboxRow.objects.filter(pk=row.pk, state=State.WAITING, attempts=row.attempts)
        if mine.update(state=State.LEASED, leased_until=until, attempts=row.attempts + 1):
            row.state, row.leased_until, row.attempts = State.LEASED, until, row.attempts + 1
            return row
    return None


def settle(row: OutboxRow, state: str, *, now: datetime, error: str = "") -> bool:
    """End a leased row as sent, dropped or dead. False when the lease had run out and somebody else has it."""
    return bool(_mine(row).update(state=state, leased_until=None, settled_at=now, error=error[:120]))


def retry(row: OutboxRow, *, now: datetime, error: str) -> bool:
    """Put a failed row back: 30 s, doubled each time up to 24 h; three days after it was made it is dead."""
    if now - row.created_at >= settings.OUTBOX_GIVE_UP:
        return settle(row, State.DEAD, now=now, error=error)
    wait = min(FIRST_BACKOFF * 2 ** min(row.attempts - 1, 20), LONGEST_BACKOFF)
    return bool(_mine(row).update(state=State.WAITING, leased_until=None, due_at=now + wait, error=error[:120]))


def _mine(row: OutboxRow) -> Any:
    return OutboxRow.objects.filter(pk=row.pk, state=State.LEASED, attempts=row.attempts)


def free_stale(*, now: datetime) -> int:
    """Put back every row whose lease ran out: its relay was killed. Return how many."""
    stale = OutboxRow.objects.filter(state=State.LEASED, leased_until__lt=now)
    return stale.update(state=State.WAITING, leased_until=None, due_at=now)


def revive(row: OutboxRow, *, now: datetime) -> bool:
    """Try a dead row again, from the beginning. False when it is not dead."""
    dead = OutboxRow.objects.filter(pk=row.pk, state=State.DEAD)
    return bool(dead.update(state=State.WAITING, settled_at=None, due_at=now, created_at=now, attempts=0, error=""))


def drop_for(subject: str) -> int:
    """Drop what still waits for a subject that was erased: rows whose refs name it. Return how many."""
    return OutboxRow.objects.filter(refs__subject=subject).exclude(state=State.LEASED).delete()[0]


def relay(*, now: datetime, limit: int = 200) -> int:
    """Send what is due, one row at a time; return how many were claimed.

    A slow server makes this take minutes, so each lease begins when its row is claimed, not when the relay began.
    """
    began = time.monotonic()
    free_stale(now=now)
    for count in range(limit):
        row = claim_one(now=now, elapsed=timedelta(seconds=time.monotonic() - began))
        if row is None:
            return count
        deliver(row, now=now)
    return limit


def deliver(row: OutboxRow, *, now: datetime) -> None:
    """Ask the row's handler whether it still holds, send, settle."""
    try:
        handler: Handler = import_string(settings.OUTBOX_HANDLERS[row.kind])
        delivery = handler(row.refs, key=row.key, now=now)
        if delivery is None:
            settle(row, State.DROPPED, now=now)
            return
        delivery.send()
    except Undeliverable as refusal:
        settle(row, State.DEAD, now=now, error=type(refusal.__cause__ or refusal).__name__)
    except Exception as failure:  # noqa: BLE001  (whatever a handler or server does, the row is kept and tried again)
        retry(row, now=now, error=type(failure).__name__)
    else:
        settle(row, State.SENT, now=now)
