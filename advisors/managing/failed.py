"""What could not be delivered in three days, or was refused for good: try it again, or close it."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from advisors.models import Person
from askpeer import history, nudge, outbox
from askpeer.errors import Stale
from askpeer.models import OutboxRow

PAGE = 50
GONE = "Someone was a moment faster: this delivery is no longer on the list."


class Page(NamedTuple):
    """rows, newest first, and the id to go on before, None on the last page."""

    rows: list[OutboxRow]
    before: int | None

    @property
    def next_url(self) -> str:
        return f"?before={self.before}" if self.before else ""


def dead(*, before: int | None = None) -> Page:
    rows = OutboxRow.objects.filter(state=OutboxRow.State.DEAD).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


@transaction.atomic
def retry(*, row: OutboxRow, by: Person, now: datetime) -> None:
    """Put a dead row back to be sent now. Raises Stale when it is not dead any more."""
    if not outbox.revive(row, now=now):
        raise Stale(GONE)
    _record(row, "retried", by, now=now)
    nudge.after_commit("askpeer.tasks.relay")


@transaction.atomic
def close(*, row: OutboxRow, by: Person, now: datetime) -> None:
    """Give a dead row up. Raises Stale when it is not dead any more."""
    still = OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.DEAD)
    if not still.update(state=OutboxRow.State.DROPPED, settled_at=now):
        raise Stale(GONE)
    _record(row, "given up", by, now=now)


def _record(row: OutboxRow, kind: str, by: Person, *, now: datetime) -> None:
    history.record(subject=f"outbox:{row.pk}", kind=kind, actor=by.name, now=now, facts={"of": row.kind})
