"""Locked notes: what stays of a question where somebody may be badly hurt, also when its asker erases it."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from askpeer import calendars, ledger
from questions.models import LockedNote, Question

LET_GO = "locked_note:"  # in the ledger


def last_day(question: Question, *, now: datetime) -> date | None:
    """Until when a locked note of this question stays, or None where there is none."""
    note = standing(question, now=now)
    return note.last_day if note else None


def standing(question: Question, *, now: datetime) -> LockedNote | None:
    """The locked note of this question, or None."""
    return LockedNote.objects.filter(about=question, last_day__gte=today(now)).first()


def keep_from(question: Question, person_pk: object) -> None:
    """Keep this question's note from this person, also after an erasure. The caller holds the question's row."""
    for note in LockedNote.objects.filter(about=question):
        note.kept_from = sorted({*note.kept_from, str(person_pk)})
        note.save(update_fields=["kept_from"])


def today(now: datetime) -> date:
    """The date on the service's own clock; erasing must not depend on its having hours."""
    try:
        return calendars.current().local(now).date()
    except calendars.NoWindows:
        return now.date()


def drop_past(*, now: datetime) -> int:
    """Delete the notes whose last day is over, and their keys with them; return how many. One after the other."""
    past = LockedNote.objects.filter(last_day__lt=today(now))
    return sum(_drop_one(question, past) for question in past.values_list("about", flat=True))


@transaction.atomic
def _drop_one(question: UUID, past: QuerySet[LockedNote]) -> int:
    """Whoever writes in the log holds the question's row: the note goes before they begin, or stays, made anew."""
    Question.objects.select_for_update().get(pk=question)
    return drop(past.filter(about=question))


@transaction.atomic
def let_go(note: LockedNote, *, now: datetime) -> None:
    """Delete a note before its last day, so that no backup brings it back. Raises Refused where the ledger is full."""
    drop(LockedNote.objects.filter(pk=note.pk))
    with ledger.refusing():
        ledger.record(f"{LET_GO}{note.pk}", now=now)


def back_again() -> QuerySet[LockedNote]:
    """The notes that the ledger says were let go and the database still has: it came back from a backup."""
    return LockedNote.objects.filter(pk__in=ledger.named(LET_GO))


@transaction.atomic
def drop(notes: QuerySet[LockedNote]) -> int:
    """Take these notes' keys, then delete them with whatever hangs on them; return how many.

    What is written below a note is append-only, and the database deletes none of it while the key is there.
    """
    pks = list(notes.select_for_update().values_list("pk", flat=True))
    gone = LockedNote.objects.filter(pk__in=pks)
    gone.update(wrapped_key=None)
    gone.delete()
    return len(pks)
