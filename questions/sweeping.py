"""The recurring work of this floor, the same from beat, from a nudge and from `manage.py sweep`."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.models import Session

from askpeer import ledger
from askpeer.models import Beacon, OutboxRow
from questions import erasing, holding, reckoning, retaining, ringing
from questions.intake.models import LeftDraft, SuggestedWord, WaitingDraft
from questions.partners import ending, hooks, keys
from questions.partners.models import IdempotencyRecord
from questions.publication import withdrawing

log = logging.getLogger("askpeer.sweeping")


def ring(*, now: datetime) -> int:
    """Ring what is due and light the beacon that /health/ watches; return how many questions were rung."""
    reckoning.reckon_due(now=now)
    rung = ringing.ring_due(now=now)
    erasing.truncate_wal()
    Beacon.objects.update_or_create(name="sweep", defaults={"at": now})
    return rung


def purge(*, now: datetime) -> None:
    """Delete what is past its time: drafts, sessions, replayable answers, settled outbox rows, secrets that partners
    changed from, words for topics that nobody looked at, candidates nobody can agree to, locked notes. What closes and
    erases questions is ring().

    Lines that the ledger could not take are written here too, once it takes them; and what was answered is kept for as
    long as the settings say by now.
    """
    retaining.settle()
    for model in (WaitingDraft, LeftDraft):
        model.objects.filter(expires_at__lte=now).delete()
    IdempotencyRecord.objects.filter(made_at__lte=now - settings.IDEMPOTENCY_KEPT).delete()
    settled = OutboxRow.objects.filter(state__in=["sent", "dropped"], settled_at__lte=now - settings.CLOSE_AFTER)
    settled.delete()
    hooks.drop_former(now=now)
    # Of an asker it holds the id of their question, of staff who they are.
    Session.objects.filter(expire_date__lte=now).delete()
    SuggestedWord.objects.filter(sent_on__lte=holding.today(now) - settings.ERASE_AFTER).delete()
    for kind in (_write_missing, withdrawing.drop_orphans, holding.drop_past):
        _do(kind, now=now)


def _write_missing(*, now: datetime) -> int:
    """A ledger that is gone is not begun here: the next start has to miss it."""
    if not ledger.exists():
        return 0
    return ledger.record_all([*withdrawing.lines_missing(), *keys.unnamed(), *ending.unnamed()], now=now)


def _do(kind: Callable[..., int], *, now: datetime) -> None:
    """A ledger that cannot be written keeps none of the other kinds."""
    try:
        kind(now=now)
    except OSError as failure:
        log.error("a kind was not purged: %s", type(failure).__name__)
