"""What leaves the service: put in the sender's transaction, leased, sent outside every transaction, settled.

The promise: one row a key, nothing lost, and at most one repeated message for each send that a kill interrupts.
A handler (config/outbox.py) is asked again right before sending and may say that there is nothing to tell any more.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from askpeer import nudge
from askpeer.models import OutboxRow
from askpeer.ways import Down, Ways

FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(hours=24)
LEAST_TRIES = 12  # before a row is given up: 30 s doubled eleven times is some 17 hours
RELAY_SECONDS = 30  # with the longest send far below the 300 s that a task may take
SEND_SECONDS = 60
State = OutboxRow.State


class Undeliverable(Exception):
    """The other side refused for good: there is no use in trying again."""


class Later(Exception):
    """Nothing was tried, and nothing should be before `until`: the row waits until then and keeps its tries."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Delivery(Protocol):
    """What a handler returns: something that sends itself, e.g. askpeer.mail.Mail, within send_seconds().

    Where it has a `way`, e.g. "mail", its send may raise Down: then nothing goes that way until it had a rest. It may
    raise Later before it tries anything, and Undeliverable.
    """

    def send(self) -> None: ...


# Called with (refs, *, key, now). What goes out is named by its key, which tells this row from one put under the same
# key after a restore, and is the same at every attempt.
Handler = Callable[..., Delivery | None]


def send_seconds() -> float:
    """The longest that one send may take: it has to be over while its lease still runs."""
    return min(SEND_SECONDS, 0.8 * settings.OUTBOX_LEASE.total_seconds())


def put(kind: str, *, key: str, refs: dict[str, Any], now: datetime, due: datetime | None = None) -> None:
    """Add a row in the caller's transaction and nudge the relay after its commit; a key already there stays."""
    put_all(kind, {key: refs}, now=now, due=due)


def put_all(kind: str, refs_of: Mapping[str, dict[str, Any]], *, now: datetime, due: datetime | None = None) -> None:
    """The same for several rows of one kind, {key: refs}, sent in this order. 1 SQL."""
    rows = [
        OutboxRow(kind=kind, key=key, refs=refs, due_at=due or now, created_at=now) for key, refs in refs_of.items()
    ]
    OutboxRow.objects.bulk_create(rows, ignore_conflicts=True)
    nudge.after_commit("askpeer.tasks.relay")


def waiting(kind: str, *, since: datetime) -> list[OutboxRow]:
    """The rows of a kind made since then that nobody is sending, locked in the caller's transaction to be added to."""
    rows = OutboxRow.objects.filter(kind=kind, state=State.WAITING, created_at__gte=since)
    return list(rows.select_for_update(skip_locked=True).order_by("pk"))


def send_longer(rows: list[OutboxRow], *, now: datetime) -> None:
    """Keep what was added to the refs of waiting() rows, and send them now."""
    for row in rows:
        row.due_at = min(row.due_at, now)
    OutboxRow.objects.bulk_update(rows, ["refs", "due_at"])
    nudge.after_commit("askpeer.tasks.relay")


def claim_one(*, now: datetime, without: Collection[str] = ()) -> OutboxRow | None:
    """Lease the oldest row due at now, or None; kinds in without are left alone.

    The guarded UPDATE lets one of two relays have it. The lease runs on the database's clock: relays share no other.
    """
    waiting = OutboxRow.objects.filter(state=State.WAITING, due_at__lte=now).exclude(kind__in=without)
    while rows := list(waiting.order_by("due_at", "pk")[:20]):
        for row in rows:
            mine = OutboxRow.objects.filter(pk=row.pk, state=State.WAITING, attempts=row.attempts)
            until = Now() + settings.OUTBOX_LEASE
            if mine.update(state=State.LEASED, leased_until=until, attempts=row.attempts + 1):
                row.refresh_from_db()  # what was added to it before it was ours
                return row
    return None


def settle(row: OutboxRow, state: str, *, now: datetime, error: str = "") -> bool:
    """End a leased row as sent, dropped or dead. False when the lease had run out and somebody else has it."""
    return bool(_mine(row).update(state=state, leased_until=None, settled_at=now, error=error[:120]))


def retry(row: OutboxRow, *, now: datetime, error: str) -> bool:
    """Put a failed row back: 30 s, doubled each time up to 24 h. Three days old and tried twelve times it is dead.

    Age alone says nothing: a service that was off for four days has tried nothing yet.
    """
    if row.attempts >= LEAST_TRIES and now - row.created_at >= settings.OUTBOX_GIVE_UP:
        return settle(row, State.DEAD, now=now, error=error)
    wait = min(FIRST_BACKOFF * 2 ** min(row.attempts - 1, 20), LONGEST_BACKOFF)
    return bool(_mine(row).update(state=State.WAITING, leased_until=None, due_at=now + wait, error=error[:120]))


def _mine(row: OutboxRow) -> Any:
    return OutboxRow.objects.filter(pk=row.pk, state=State.LEASED, attempts=row.attempts)


def free_stale(*, now: datetime) -> int:
    """Put back every row whose lease ran out: its relay was killed. Return how many.

    What still ends its relays when it is three days old, and did so twelve times, is dead. The database says what time
    it is: a relay whose clock is an hour ahead would free what others are sending, and send it twice.
    """
    stale = OutboxRow.objects.filter(state=State.LEASED, leased_until__lt=Now())
    given_up = stale.filter(attempts__gte=LEAST_TRIES, created_at__lte=now - settings.OUTBOX_GIVE_UP)
    dead = given_up.update(state=State.DEAD, leased_until=None, settled_at=now, error="Interrupted")
    return dead + stale.update(state=State.WAITING, leased_until=None)


def _put_back(row: OutboxRow, *, due: datetime | None = None, error: str = "") -> None:
    """Give a leased row back as it was, due as it was or then: nothing was tried.

    Nobody else holds this attempt, so it counts anew. Why it waits is said where no failure says it already.
    """
    changes = {"attempts": row.attempts - 1, "due_at": due or row.due_at, "error": row.error or error}
    _mine(row).update(state=State.WAITING, leased_until=None, **changes)


def revive(row: OutboxRow, *, now: datetime) -> bool:
    """Try a dead row again, with all its tries and under the name it had. False when it is not dead."""
    dead = OutboxRow.objects.filter(pk=row.pk, state=State.DEAD)
    return bool(dead.update(state=State.WAITING, settled_at=None, due_at=now, attempts=0, error=""))


def send_again(row: OutboxRow, *, now: datetime) -> bool:
    """Send what was sent or given up once more, under the name it had. False when it is not as it was seen."""
    settled = OutboxRow.objects.filter(pk=row.pk, state=row.state, settled_at=row.settled_at)
    ended = settled.filter(state__in=[State.SENT, State.DEAD])
    if not ended.update(state=State.WAITING, settled_at=None, due_at=now, attempts=0, error=""):
        return False
    nudge.after_commit("askpeer.tasks.relay")
    return True


def put_off(kind: str, *, refs: Mapping[str, str], until: datetime) -> int:
    """Let the waiting rows of a kind whose refs say this wait until then, with the tries they have. Return how many.

    1 SQL for all, where Later costs each row a claim. Why they wait is said where no failure says it already.
    """
    rows = _waiting_for(kind, refs).filter(due_at__lt=until)
    return rows.update(due_at=until, error=Case(When(error="", then=Value(Later.__name__)), default=F("error")))


def give_up(kind: str, *, refs: Mapping[str, str], now: datetime, failure: BaseException) -> int:
    """End as dead the waiting rows of a kind whose refs say this and that are three days old, tried or not. 1 SQL.

    For rows that are tried in turns, where nothing answered as long as that: many of them have no turn in three days.
    """
    rows = _waiting_for(kind, refs).filter(created_at__lte=now - settings.OUTBOX_GIVE_UP)
    return rows.update(state=State.DEAD, settled_at=now, error=_named(failure)[:120])


def _waiting_for(kind: str, refs: Mapping[str, str]) -> QuerySet[OutboxRow]:
    said = {f"refs__{name}": value for name, value in refs.items()}
    return OutboxRow.objects.filter(kind=kind, state=State.WAITING, **said)


def drop_for(subject: str) -> int:
    """Drop what still waits for a subject that was erased: rows whose refs name it. Return how many."""
    return OutboxRow.objects.filter(refs__subject=subject).exclude(state=State.LEASED).delete()[0]


def relay(
    *, now: datetime, limit: int = 1000, seconds: float = RELAY_SECONDS, stopped: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due, one row at a time; return how many were claimed.

    No send begins later than so many seconds from now: a slow server must not keep a worker from other work, nor one
    kind of row the others, which have two thirds of that time. When a way out is down, the rows that would go by it are
    left as they are.
    """
    ends = time.monotonic() + seconds
    ways, left_alone, spent = Ways(now), set[str](), defaultdict[str, float](float)
    free_stale(now=now)
    for count in range(limit):
        over = stopped() or time.monotonic() >= ends
        row = None if over else claim_one(now=now, without=left_alone)
        if row is None:
            return count
        began = time.monotonic()
        is_open = deliver(row, ways=ways, now=now)
        spent[row.kind] += time.monotonic() - began
        if not is_open or spent[row.kind] > seconds / 3:
            left_alone.add(row.kind)
    return limit


def deliver(row: OutboxRow, *, now: datetime, ways: Ways | None = None) -> bool:
    """Ask the row's handler whether it still holds, send, settle. False when the way it would go is down."""
    ways = ways or Ways(now)
    way = ""
    try:
        delivery = _ask(row, now)
        if delivery is None:
            settle(row, State.DROPPED, now=now)
            return True
        way = getattr(delivery, "way", "")
        if not ways.is_open(way):
            _put_back(row)
            return False
        delivery.send()
    except Later as rest:
        _put_back(row, due=rest.until, error=_named(rest))
        return True
    except Undeliverable as refusal:
        settle(row, State.DEAD, now=now, error=_named(refusal.__cause__ or refusal))
    except Down as failure:
        ways.failed(way)
        retry(row, now=now, error=_named(failure.__cause__ or failure))
        return False
    except Exception as failure:  # noqa: BLE001  (whatever a handler or server does, the row is kept and tried again)
        retry(row, now=now, error=_named(failure))
        return True
    else:
        settle(row, State.SENT, now=now)
    ways.worked(way)
    return True


def _ask(row: OutboxRow, now: datetime) -> Delivery | None:
    handler: Handler = import_string(settings.OUTBOX_HANDLERS[row.kind])
    return handler(row.refs, key=name_of(row), now=now)


def name_of(row: OutboxRow) -> str:
    """What goes out for this row is named by this at every attempt: its key and the moment it was put, in UTC.

    A backup that is brought back forgets the rows put since, and their keys are used again, for something else: under
    the same name whoever got the first would take it for a repeat.
    """
    return f"{row.key} {row.created_at.astimezone(UTC).isoformat()}"


def _named(failure: BaseException) -> str:
    """Its type, and a server's code; what it says may name an address."""
    code = getattr(failure, "smtp_code", "") or getattr(failure, "http_status", "")
    return " ".join(str(part) for part in (type(failure).__name__, code) if part)
