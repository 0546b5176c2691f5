"""Locked notes: what stays of a question where somebody may be badly hurt, also when its asker erases it."""

from datetime import date, datetime

from askpeer import calendars
from questions.models import LockedNote, Question


def last_day(question: Question, *, now: datetime) -> date | None:
    """Until when a locked note of this question stays, or None where there is none."""
    note = LockedNote.objects.filter(about=question, last_day__gte=today(now)).first()
    return note.last_day if note else None


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
    """Delete the notes whose last day is over, and their keys with them; return how many."""
    return LockedNote.objects.filter(last_day__lt=today(now)).delete()[0]
