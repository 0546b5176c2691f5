"""The safeguarding lead's locked notes: made, made anew, read, let go."""

import json
from datetime import date, datetime, timedelta

from django.db import transaction

from advisors import roles
from advisors.models import Person, Role
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import holding, moves
from questions.models import LockedNote, Message, Question

REASON = 1000  # characters
LONGEST = timedelta(days=366)


def may_lock(person: Person) -> bool:
    return person.is_active and person.role == Role.LEAD


def _check_lead(person: Person) -> None:
    if not may_lock(person):
        raise Refused("Only the safeguarding lead can do this.")


@transaction.atomic
def lock_away(*, question: Question, reason: str, last_day: date, by: Person, now: datetime) -> LockedNote:
    """Keep the exact words said so far under a key of their own until last_day; a note there is made anew.

    Raises Refused, Erased (the asker was first), Stale.
    """
    _check_lead(by)
    roles.check_see(by, question)
    text, day = _reason(reason), _day(last_day, now)
    moves.lock(question)
    note = LockedNote.objects.filter(about=question).first() or LockedNote(about=question)
    note.words, note.reason, note.last_day = _words(question), text, day
    note.made_by, note.made_at = by, now
    note.kept_from = sorted({*note.kept_from, *map(str, question.recusals.values_list("person", flat=True))})
    note.save()
    history.record(subject=question.subject, kind="locked_note", actor=by.name, now=now, facts={"until": str(day)})
    return note


def _reason(text: str) -> str:
    reason = prose.canonical(text)
    if not reason:
        raise Refused("Say why these words have to stay.")
    if len(reason) > REASON:
        raise Refused(f"A reason can have {REASON:,} characters at most. This one has {len(reason):,}.")
    return reason


def _day(day: date, now: datetime) -> date:
    today = holding.today(now)
    if not today < day <= today + LONGEST:
        raise Refused("Choose a day after today, within a year.")
    return day


def _words(question: Question) -> str:
    """Everything said, each text under its moment and kind."""
    rows = Message.objects.filter(round__question=question).select_related("round__question").order_by("sent_at", "id")
    return "\n\n".join(f"{row.sent_at:%Y-%m-%d %H:%M} UTC, {row.kind}:\n{_said(row)}" for row in rows)


def _said(row: Message) -> str:
    extras = json.loads(row.extras) if row.extras else {}
    return "\n".join(filter(None, [row.text, ", ".join(extras.get("cards", [])), *extras.get("timeline", [])]))


@transaction.atomic
def let_go(*, note: LockedNote, by: Person, now: datetime) -> None:
    """Delete a note and its key. Raises Refused, Stale when it is gone already."""
    _check_lead(by)
    if str(by.pk) in note.kept_from:
        raise Refused("You cannot open this note.")
    if not LockedNote.objects.filter(pk=note.pk, made_at=note.made_at).delete()[0]:
        raise Stale("This note is gone already, or was made anew.")
    history.record(subject=note.about.subject, kind="locked_note_gone", actor=by.name, now=now)


def kept(person: Person, *, now: datetime) -> list[LockedNote]:
    """Every note this lead may read, the soonest to end first. 1 SQL. Raises Refused."""
    _check_lead(person)
    notes = LockedNote.objects.filter(last_day__gte=holding.today(now)).select_related("about__topic", "made_by")
    return [note for note in notes.order_by("last_day", "made_at") if str(person.pk) not in note.kept_from]
