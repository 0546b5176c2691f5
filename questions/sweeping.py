"""The recurring work of this floor, the same from beat, from a nudge and from `manage.py sweep`."""

from datetime import datetime

from django.conf import settings

from askpeer.models import Beacon, OutboxRow
from questions import erasing, holding, ringing
from questions.intake.models import LeftDraft, WaitingDraft
from questions.partners.models import IdempotencyRecord
from questions.publication import withdrawing


def ring(*, now: datetime) -> int:
    """Ring what is due and light the beacon that /health/ watches; return how many questions were rung."""
    rung = ringing.ring_due(now=now)
    erasing.truncate_wal()
    Beacon.objects.update_or_create(name="sweep", defaults={"at": now})
    return rung


def purge(*, now: datetime) -> None:
    """Delete what is past its time: drafts, replayable answers, settled outbox rows, candidates nobody can agree to,
    locked notes."""
    for model in (WaitingDraft, LeftDraft):
        model.objects.filter(expires_at__lte=now).delete()
    IdempotencyRecord.objects.filter(made_at__lte=now - settings.IDEMPOTENCY_KEPT).delete()
    settled = OutboxRow.objects.filter(state__in=["sent", "dropped"], settled_at__lte=now - settings.CLOSE_AFTER)
    settled.delete()
    withdrawing.drop_orphans(now=now)
    holding.drop_past(now=now)
