"""The safeguarding lead's locked notes: made, made anew, kept longer or shorter, let go; and who may read which."""

import json
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from advisors import roles
from advisors.models import Person, Role
from advisors.team.locking import lock
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import holding, moves, states
from questions.models import LockedNote, Message, Question
from questions.publication import withdrawing

REASON = 1000  # characters
LONGEST = timedelta(days=366)
STANDS = timedelta(days=90)  # until a lead says otherwise
BEGUN = "The safeguarding log was begun."
GONE = "This note is gone already, or was made anew."
REASONS = {
    "not_needed": "Nobody needs it any more",
    "mistake": "It was made by mistake",
    "day": "Its day was wrong",
}


def may_lock(person: Person) -> bool:
    """Whether they keep notes at all: a lead, and a trustee of the staff cases that are theirs."""
    return person.is_active and person.role in roles.SAFEGUARDING


def _check_lead(person: Person) -> None:
    if not may_lock(person):
        raise Refused("Only the safeguarding lead can do this.")


def readable(person: Person) -> QuerySet[LockedNote]:
    """The notes whose log this person may read whole: a lead all but those about the lead, a manager none about staff,
    a trustee theirs.

    A trustee's are those about the lead, and about staff those that no lead who is here may read. Never one that is
    kept from them. Recusals go with an erased question, so that it is the note that tells.
    1 SQL more for a trustee.
    """
    notes = LockedNote.objects.annotate(kept=Cast("kept_from", TextField())).filter(_of_their_role(person))
    return notes.exclude(kept__contains=str(person.pk))


def _of_their_role(person: Person) -> Q:
    if not person.is_active or person.role not in {Role.LEAD, Role.MANAGER, Role.TRUSTEE}:
        return Q(pk__in=[])
    if person.role == Role.LEAD:
        return Q(about__about_lead=False)
    if person.role == Role.MANAGER:
        return Q(about__about_staff=False)
    kept_from_leads = Q(about__about_staff=True)
    for lead in Person.objects.filter(role=Role.LEAD, is_active=True).values_list("pk", flat=True):
        kept_from_leads &= Q(kept__contains=str(lead))
    return Q(about__about_lead=True) | kept_from_leads


def check_read(person: Person, note: LockedNote) -> None:
    """Raise Refused unless this person may read the whole note."""
    if not readable(person).filter(pk=note.pk).exists():
        raise Refused("You cannot open this note.")


@transaction.atomic
def lock_away(*, question: Question, reason: str, last_day: date, by: Person, now: datetime) -> LockedNote:
    """Keep the exact words said so far under a key of their own until last_day; a note there is made anew.

    Raises Refused, Erased (the asker was first), Stale.
    """
    by = lock(by)
    _check_lead(by)
    roles.check_see(by, question)
    text, day = _reason(reason), _day(last_day, now)
    moves.lock(question)
    return _keep(question, text, day, by, now)


def begin(question: Question, *, by: Person, now: datetime) -> LockedNote:
    """Keep them for ninety days, until a lead says how long. The caller has locked the row and asked who acts."""
    return _keep(question, BEGUN, holding.today(now) + STANDS, by, now)


def _keep(question: Question, reason: str, day: date, by: Person, now: datetime) -> LockedNote:
    note = LockedNote.objects.filter(about=question).first() or LockedNote(about=question)
    _check_stays_for_its_check(note, day)
    note.words, note.reason, note.last_day = _words(question), reason, day
    note.made_by, note.made_at, note.let_go_by = by, now, None
    note.kept_from = sorted({*note.kept_from, *map(str, question.recusals.values_list("person", flat=True))})
    note.save()
    withdrawing.take_off_all(question, now=now)  # a held question is never public
    history.record(subject=question.subject, kind="locked_note", actor=by.name, now=now, facts={"until": str(day)})
    return note


@transaction.atomic
def stay(*, note: LockedNote, reason: str, last_day: date, by: Person, now: datetime) -> None:
    """Say until when a note stays and why; its words are as they were. Raises Refused, Stale.

    Whoever erased their question was told the last day, so that it may only come nearer from then on.
    """
    by = lock(by)
    _check_lead(by)
    check_read(by, note)
    text, day = _reason(reason), _day(last_day, now)
    _lock(note)
    if note.about.status == states.WITHDRAWN and day > note.last_day:
        raise Refused(f"Its asker was told that it goes after {note.last_day:%-d %B %Y}. Choose that day or earlier.")
    _check_stays_for_its_check(note, day)
    note.reason, note.last_day, note.made_by, note.made_at, note.let_go_by = text, day, by, now, None
    note.save(update_fields=["reason", "last_day", "made_by", "made_at", "let_go_by"])
    facts = {"until": str(day)}
    history.record(subject=note.about.subject, kind="locked_note", actor=by.name, now=now, facts=facts)


def _lock(note: LockedNote) -> None:
    """Hold the question's row, under which notes change, and then see that this one is still as it was read."""
    note.about = Question.objects.select_for_update().get(pk=note.about_id)
    fresh = LockedNote.objects.filter(pk=note.pk, made_at=note.made_at).only("let_go_by").first()
    if fresh is None:
        raise Stale(GONE)
    note.let_go_by_id = fresh.let_go_by_id


def _check_stays_for_its_check(note: LockedNote, day: date) -> None:
    """Raise Refused where the note would go before somebody looks at it again, as its log says."""
    due = LockedNote.objects.filter(pk=note.pk).values_list("next_check__due_at", flat=True).first()
    if due and day < (look := holding.today(due)):
        raise Refused(f"It is looked at again on {look:%-d %B %Y}. Choose that day or a later one.")


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


def keepers(note: LockedNote) -> list[Person]:
    """Who keeps this note: the leads, or the trustees, who may read it."""
    people = Person.objects.filter(is_active=True, role__in=roles.SAFEGUARDING).order_by("alias", "pk")
    return [person for person in people if readable(person).filter(pk=note.pk).exists()]


@transaction.atomic
def let_go(*, note: LockedNote, by: Person, now: datetime, reason: str) -> bool:
    """Want a note, its key and its log gone, for a coded reason. Return whether they are.

    Where somebody else keeps it too, the first says so and the second deletes it; alone one person does.
    Raises Refused, Stale when it is gone already.
    """
    by = lock(by)
    _check_lead(by)
    if reason not in REASONS:
        raise Refused("Choose why it goes.")
    if not LockedNote.objects.filter(pk=note.pk).exists():
        raise Stale(GONE)
    check_read(by, note)
    _lock(note)
    gone = _agreed(note, by)
    kind = "locked_note_gone" if gone else "locked_note_unwanted"
    history.record(subject=note.about.subject, kind=kind, actor=by.name, now=now, facts={"reason": reason})
    if gone:
        holding.let_go(note, now=now)
    else:
        LockedNote.objects.filter(pk=note.pk).update(let_go_by=by)
    return gone


def _agreed(note: LockedNote, by: Person) -> bool:
    """Whether the second person says so now, or there is none. Who reads it no longer does not count as the first."""
    others = {person.pk for person in keepers(note)} - {by.pk}
    if note.let_go_by_id == by.pk and others:
        raise Refused("You have said so already. Somebody else who keeps this case has to say so too.")
    return not others or note.let_go_by_id in others
