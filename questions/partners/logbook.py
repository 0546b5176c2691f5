"""What a hook was told and how that went, newest first, and telling it again. Never what a question or text says."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from askpeer import outbox, webhook
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.partners import hooks
from questions.partners.models import Hook, Partner

PAGE = 50
State = OutboxRow.State
STATES: dict[str, str] = {
    State.WAITING: "waiting",
    State.LEASED: "being sent",
    State.SENT: "delivered",
    State.DEAD: "given up",
    State.DROPPED: "dropped",
}
MOVED = "Somebody was a moment faster, or it is on its way already. Look at how it stands now."
NOTHING = "What this would say does not hold any more, so it is not sent again."


class Event(NamedTuple):
    """One row of the outbox as partner and manager can speak of it: webhook_id is the one that is sent with it."""

    row: OutboxRow

    @property
    def what(self) -> str:
        return " ".join(filter(None, (self.row.refs["event"], self.row.refs.get("status"))))

    @property
    def state(self) -> str:
        return STATES[self.row.state]

    @property
    def webhook_id(self) -> str:
        return webhook.identity(outbox.name_of(self.row))

    @property
    def next_try(self) -> datetime | None:
        return self.row.due_at if self.row.state == State.WAITING else None

    @property
    def is_over(self) -> bool:
        """Whether it may be sent again."""
        return self.row.state in {State.SENT, State.DEAD}


class Page(NamedTuple):
    """events, newest first, and the id to go on before, None on the last page."""

    events: list[Event]
    before: int | None


def page(*, hook: Hook, before: int | None = None) -> Page:
    """The newest 50 events of a hook, or those before a row's id. 1 SQL."""
    rows = _of(hook).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    return Page([Event(row) for row in found[:PAGE]], found[PAGE - 1].pk if len(found) > PAGE else None)


def find(*, hook: Hook, pk: int) -> OutboxRow | None:
    """One event of this hook, None where it is another's."""
    return _of(hook).filter(pk=pk).first()


def heard(partner: Partner) -> set[UUID]:
    """Which of a partner's hooks something was delivered to, as far back as rows are kept. 2 SQL, 1 without hooks."""
    hooks_of = list(partner.hooks.values_list("pk", flat=True))
    if not hooks_of:
        return set()
    theirs = reduce(or_, map(_keyed, hooks_of))
    sent = OutboxRow.objects.filter(theirs, state=State.SENT).values_list("refs__hook", flat=True).distinct()
    return set(map(UUID, sent))


def _of(hook: Hook) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(_keyed(hook.pk))


def _keyed(hook: UUID) -> Q:
    """The rows of a hook, found by the index on their keys."""
    prefix = f"hook:{hook}:"
    if connection.vendor == "sqlite":
        # There a LIKE uses no index, and what is compared is bytes: a semicolon is what follows a colon.
        return Q(key__gte=prefix, key__lt=f"{prefix[:-1]};")
    return Q(key__startswith=prefix)


@transaction.atomic
def send_again(*, hook: Hook, row: OutboxRow, now: datetime) -> None:
    """Tell of an event once more, under its webhook-id: whoever has it leaves it. row is as it was seen.

    Raises Refused where the hook hears nothing, or the event says what holds no more; Stale when the row moved on.
    """
    if hook.paused_at:
        raise Refused("This webhook is paused. Resume it first.")
    if not hook.partner.active:
        raise Refused("This partner has ended. Take it up again first.")
    if row.state not in {State.SENT, State.DEAD}:
        raise Stale(MOVED)
    if hooks.told(row.refs, key=outbox.name_of(row), now=now) is None:
        raise Refused(NOTHING)
    if not outbox.send_again(row, now=now):
        raise Stale(MOVED)
    hooks.revive(row.refs)
