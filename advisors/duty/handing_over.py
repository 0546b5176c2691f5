"""The note from one shift to the next: what to keep an eye on. The newest stands on the duty board."""

from datetime import datetime

from django.db import transaction

from advisors import roles
from advisors.duty.models import ShiftNote
from advisors.models import Person
from askpeer import history, prose
from askpeer.errors import Refused
from questions import deadlines

LONGEST = 1500  # characters


@transaction.atomic
def leave_note(*, text: str, by: Person, now: datetime) -> ShiftNote:
    """Write the note that the next shift reads. Raises Refused."""
    roles.check_review(by)
    words = prose.canonical(text)
    if not words:
        raise Refused("Write what the next shift should know.")
    if len(words) > LONGEST:
        raise Refused(f"A note can have {LONGEST:,} characters at most. This one has {len(words):,}.")
    note = ShiftNote(writer=by, text=words, written_at=now)
    note.save()
    history.record(subject=by.name, kind="shift_note", actor=by.name, now=now)
    return note


def purge(*, now: datetime) -> int:
    """Delete notes as old as a closed question when it is erased: they may speak of it. Return how many."""
    return ShiftNote.objects.filter(written_at__lte=now - deadlines.kept_for_now()["erase"]).delete()[0]


def newest_note() -> ShiftNote | None:
    """The note on the board, or None. 1 SQL."""
    return ShiftNote.objects.select_related("writer").order_by("-written_at", "-pk").first()
