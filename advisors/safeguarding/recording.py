"""The safeguarding log: one more entry, never one changed. The first opens the case."""

from datetime import datetime

from django.db import transaction

from advisors.models import Person
from advisors.safeguarding.models import Check, Entry
from advisors.signoff import locking, seeing
from advisors.team.locking import lock
from askpeer import calendars, history, outbox, prose
from askpeer.errors import Refused
from questions import holding, states
from questions.models import LockedNote, Question

WORDS, DECISION, TOLD = 3000, 1000, 500  # characters


@transaction.atomic
def record(
    *,
    question: Question,
    words: str,
    nature: str,
    level: str,
    decision: str,
    ground: str,
    told: str,
    next_check_at: datetime | None,
    by: Person,
    now: datetime,
) -> Entry:
    """Write an entry, which sets the case's next check anew; None sets none. Raises Refused.

    Where no case stands this opens one, for ninety days, and the leads are told at once.
    """
    by = lock(by)
    entry = Entry(
        words=_text(words, WORDS, "The words", missing="Write what was said or seen."),
        nature=_one_of(Entry.Nature.values, nature, "Say whether this is a fact or an opinion."),
        level=_one_of(states.LEVELS, level, "Choose green, amber or red."),
        decision=_text(decision, DECISION, "The decision", missing="Write what was decided, and why."),
        ground=_one_of(Entry.Ground.values, ground, "Choose the ground."),
        told=_text(told, TOLD, "Who was told") or None,
        next_check_at=next_check_at,
        writer=by,
        written_at=now,
    )
    # Of two who write the first entry at once, the second waits here and finds the case.
    question = Question.objects.select_for_update().get(pk=question.pk)
    entry.note = _case(question, by, now)
    _check_moment(next_check_at, entry.note, now)
    entry.save()
    _look_again(entry)
    facts = {"level": entry.level, "nature": entry.nature, "ground": entry.ground}
    history.record(subject=question.subject, kind="safeguarding_entry", actor=by.name, now=now, facts=facts)
    return entry


def _case(question: Question, by: Person, now: datetime) -> LockedNote:
    note = holding.standing(question, now=now)
    check_add(by, question, note)
    if note is None:
        note = locking.begin(question, by=by, now=now)
        tell_of(note, by=by, now=now)
    return note


def tell_of(note: LockedNote, *, by: Person, now: datetime) -> None:
    """Tell whoever reads the case, but the one who has just written in it. Told again when it passes to others."""
    key = f"safeguarding-case:{note.pk}:{len(note.kept_from)}"
    refs = {"note": str(note.pk), "by": str(by.pk)}
    outbox.put("safeguarding-case", key=key, refs=refs, now=now)


def check_add(person: Person, question: Question, note: LockedNote | None) -> None:
    """Raise Refused unless this person may write in the log of this question.

    An erased question can be seen by nobody, and its case goes on with those who keep it.
    """
    if note and question.status == states.WITHDRAWN and locking.may_lock(person):
        locking.check_read(person, note)
        return
    seeing.check(person, question)


def _text(text: str, limit: int, name: str, *, missing: str = "") -> str:
    kept = prose.canonical(text)
    if missing and not kept:
        raise Refused(missing)
    if len(kept) > limit:
        raise Refused(f"{name} can have {limit:,} characters at most. This has {len(kept):,}.")
    return kept


def _one_of(known: object, value: str, sentence: str) -> str:
    if value not in list(known):  # type: ignore[call-overload]
        raise Refused(sentence)
    return value


def _check_moment(at: datetime | None, note: LockedNote, now: datetime) -> None:
    if at is None:
        return
    if at <= now:
        raise Refused("Choose a moment that is still ahead for the next check.")
    if calendars.current().local(at).date() > note.last_day:
        raise Refused(f"This case goes after {note.last_day:%-d %B %Y}. Look at it again before then.")


def _look_again(entry: Entry) -> None:
    Check.objects.filter(note=entry.note).delete()
    if entry.next_check_at:
        Check.objects.create(note=entry.note, entry=entry, due_at=entry.next_check_at, alarm_at=entry.next_check_at)
