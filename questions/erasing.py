"""Erasing a question: its key, its receipt, and everything that hangs on it, in one transaction."""

import uuid
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from askpeer import ledger, outbox
from questions import moves, states
from questions.models import Question, Round
from questions.moves import Actor

QUESTION = "question:"  # in the ledger
CHECKPOINT_WAITS = 100  # milliseconds

GONE: dict[str, Any] = {
    "wrapped_key": None,
    "receipt_digest": None,
    "age_band": None,
    "nation": None,
    "summary": None,
    "masked": None,
    "offered_to": None,
    "wants": [],
    "writer": "anyone",
    "may_know_advisor": False,
    "content_notes": [],
}


@transaction.atomic
def erase(question: Question, *, by: Actor, now: datetime) -> None:
    """End a question for good. What is left is a husk: topic, level, moments.

    The ledger has it on disk before the commit: were the commit lost, the next start refuses to serve until
    `restore --replay` has finished the erasure.
    Raises Refused, Stale, OSError (the ledger cannot be written; nothing is erased then).
    """
    _end(question, by=by, now=now)
    # After the guarded UPDATE: whoever was second got Stale there, and is not written down as having erased.
    ledger.record(question.subject, now=now)


@transaction.atomic
def _end(question: Question, *, by: Actor, now: datetime) -> None:
    # Whose button led here is kept for the question's advisors, and nobody's to know of a husk.
    came = {"partner": None, "by_button": False} if question.by_button else {}
    moves.move(question, states.WITHDRAWN, by=by, now=now, changes=GONE | came)
    _delete_hanging(Round, models.Q(round__question=question))
    _delete_hanging(Question, models.Q(question=question))
    outbox.drop_for(question.subject)
    transaction.on_commit(truncate_wal)


def _delete_hanging(parent: type[models.Model], mine: models.Q) -> None:
    """Delete the rows of every model, on any floor, whose foreign key to parent cascades; rounds stay."""
    name = parent.__name__.lower()
    for relation in parent._meta.related_objects:
        child = relation.related_model
        if child is Round or relation.field.name != name:
            continue
        if relation.on_delete is models.CASCADE:
            child._base_manager.filter(mine).delete()
        else:
            child._base_manager.filter(mine).update(**{name: None})


def not_yet_erased() -> list[uuid.UUID]:
    """Questions that the ledger says are erased and the database still has: it came back from a backup."""
    names = ledger.named(QUESTION)
    kept = Question.objects.exclude(status=states.WITHDRAWN)
    batches = [names[start : start + 500] for start in range(0, len(names), 500)]
    return [pk for batch in batches for pk in kept.filter(pk__in=batch).values_list("pk", flat=True)]


def unnamed() -> list[Question]:
    """Questions that the database says are erased and the ledger does not: the ledger, or a part of it, is lost."""
    named = set(ledger.named(QUESTION))
    husks = Question.objects.filter(status=states.WITHDRAWN).only("pk")
    return [husk for husk in husks.iterator() if str(husk.pk) not in named]


def replay_ledger(*, now: datetime) -> int:
    """Erase again what a backup brought back; return how many questions. They stand in the ledger already."""
    behind = not_yet_erased()
    for pk in behind:
        _end(Question.objects.get(pk=pk), by=moves.SERVICE, now=now)
    return len(behind)


def truncate_wal() -> None:
    """SQLite alone: fold the write-ahead log into the file and empty it, so that no old page waits in it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            # It keeps writers out while it waits for readers, so it waits a moment only; the sweep tries again.
            cursor.execute(f"PRAGMA busy_timeout = {CHECKPOINT_WAITS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS'].get('timeout', 5) * 1000}")
