"""What stands in the safeguarding log: the cases by their next check, one case, and what waits on the duty page.

The list is read in keyset order: overdue checks, then checks ahead, then cases without one by their last day. A cursor
is the place of the last case shown; one that was tampered with begins the list again.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from advisors import roles
from advisors.models import Person, Role
from advisors.safeguarding import recording
from advisors.safeguarding.models import BrokenGlass, Concern, Entry
from advisors.signoff import locking, seeing
from askpeer.errors import Refused
from questions import holding, states
from questions.models import LockedNote, Question

SIZE = 30
STAMP = "%Y%m%dT%H%M%S.%f"
BROKEN_SHOWN = timedelta(days=7)
READERS = frozenset({Role.LEAD, Role.MANAGER, Role.TRUSTEE})


class Line(NamedTuple):
    """A case on the list. due is None without a next check; to_confirm: no lead has said how long it stays."""

    note: LockedNote
    level: str
    due: datetime | None
    overdue: bool
    to_confirm: bool


class Page(NamedTuple):
    """One page of the list and the cursor of the next, "" at the end."""

    lines: list[Line]
    cursor: str = ""


class Case(NamedTuple):
    """One case as this person reads it: whole, or what they wrote there themselves.

    note is None where none stands or where it is not theirs to read; began says whether there is one at all.
    """

    question: Question
    note: LockedNote | None
    entries: list[Entry]
    due: datetime | None
    began: bool


class Waiting(NamedTuple):
    """What the duty page shows: checks overdue, concerns, and what was opened with this person told."""

    overdue: list[Line]
    concerns: list[Concern]
    glass: list[BrokenGlass]


def cases(person: Person, *, now: datetime, cursor: str = "") -> Page:
    """The cases this person may read whole. 1 SQL whatever the length, 2 for a trustee. Raises Refused."""
    if not person.is_active or person.role not in READERS:
        raise Refused("Only the safeguarding lead can do this.")
    rows = _after(_standing(person, now), cursor)
    found = list(rows.order_by(F("next_check__due_at").asc(nulls_last=True), "last_day", "pk")[: SIZE + 1])
    more = _write(found[SIZE - 1]) if len(found) > SIZE else ""
    return Page([_line(note, now) for note in found[:SIZE]], more)


def _standing(person: Person, now: datetime) -> QuerySet[LockedNote]:
    notes = locking.readable(person).filter(last_day__gte=holding.today(now))
    return notes.select_related("about__topic", "made_by", "let_go_by", "next_check__entry")


def _line(note: LockedNote, now: datetime) -> Line:
    check = getattr(note, "next_check", None)
    level = check.entry.level if check else note.about.level
    due = check.due_at if check else None
    return Line(note, level, due, bool(due and due <= now), note.made_by.role not in roles.SAFEGUARDING)


def _after(rows: QuerySet[LockedNote], cursor: str) -> QuerySet[LockedNote]:
    place = _read(cursor)
    if place is None:
        return rows
    due, day, pk = place
    later = Q(last_day__gt=day) | Q(last_day=day, pk__gt=pk)
    if due is None:
        return rows.filter(later, next_check=None)
    return rows.filter(Q(next_check__due_at__gt=due) | (Q(next_check__due_at=due) & later) | Q(next_check=None))


def _write(note: LockedNote) -> str:
    check = getattr(note, "next_check", None)
    due = f"{check.due_at.astimezone(UTC):{STAMP}}" if check else ""
    return f"{due}~{note.last_day}~{note.pk}"


def _read(cursor: str) -> tuple[datetime | None, date, UUID] | None:
    try:
        due, day, pk = cursor.split("~")
        at = datetime.strptime(due, STAMP).replace(tzinfo=UTC) if due else None
        return at, date.fromisoformat(day), UUID(pk)
    except ValueError:
        return None


def case(question: Question, *, person: Person, now: datetime) -> Case:
    """The case of this question. Whoever may only add reads what they wrote themselves. Raises Refused."""
    note = holding.standing(question, now=now)
    whole = note is not None and _standing(person, now).filter(pk=note.pk).exists()
    if not whole:
        recording.check_add(person, question, note)
    entries = _entries(note, None if whole else person) if note else []
    check = getattr(note, "next_check", None) if whole else None
    return Case(question, note if whole else None, entries, check.due_at if check else None, note is not None)


def _entries(note: LockedNote, writer: Person | None) -> list[Entry]:
    rows = Entry.objects.filter(note=note, **{"writer": writer} if writer else {}).select_related("writer")
    entries = list(rows)
    for entry in entries:
        entry.note = note
    return entries


def waiting(person: Person, *, now: datetime) -> Waiting:
    """What of this somebody on duty has to look at. 3 SQL at most, whatever the length."""
    return Waiting(_overdue(person, now), _concerns(person), broken_before(person, now=now))


def _overdue(person: Person, now: datetime) -> list[Line]:
    if person.role not in roles.SAFEGUARDING:
        return []
    rows = _standing(person, now).filter(next_check__due_at__lte=now).order_by("next_check__due_at", "pk")
    return [_line(note, now) for note in rows[:SIZE]]


def _concerns(person: Person) -> list[Concern]:
    rows = Concern.objects.filter(seeing.visible(person, question="round__question"), settled_at=None).exclude(
        round__question__status=states.WITHDRAWN
    )
    return list(rows.select_related("round__question__topic", "by").order_by("at", "pk")[:SIZE])


def concerns_of(question: Question) -> list[Concern]:
    """What advisors raised of this question and nobody has settled. 1 SQL. The caller may see the question."""
    rows = Concern.objects.filter(round__question=question, settled_at=None).select_related("by", "round")
    found = list(rows.order_by("at", "pk"))
    for concern in found:
        concern.round.question = question
    return found


def broken_before(person: Person, *, now: datetime) -> list[BrokenGlass]:
    """The glass that was broken in the last days and that this person was told of. 1 SQL.

    Never of a case that is kept from them since: once erased, its note says so.
    """
    rows = BrokenGlass.objects.filter(told=person, at__gt=now - BROKEN_SHOWN).select_related("person", "about")
    noted = LockedNote.objects.annotate(kept=Cast("kept_from", TextField())).filter(kept__contains=str(person.pk))
    rows = rows.exclude(about__recusals__person=person).exclude(about__in=noted.values("about"))
    if person.role == Role.SUPERVISOR:
        rows = rows.exclude(about__about_staff=True)  # it was given to the lead since
    if person.has_led:
        rows = rows.exclude(about__about_lead=True)  # to a trustee; recusals go with an erased question
    return list(rows.order_by("-at", "pk")[:SIZE])
