"""A promise that was broken, or that a closure makes impossible, gets one new date: who asked reads it, and why."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from askpeer.hours import Calendar
from questions import deadlines, moves, states
from questions.models import Contact, Question, Round


class Moved(NamedTuple):
    """A running promise that falls on a day without a staffed hour before it, and the date it would get."""

    question: Question
    standing: datetime
    until: datetime


class Effect(NamedTuple):
    """What a change of the calendar does to the promises that run now.

    running is how many there are, shorter how many lose staffed time before their date; moved fall on a closed day;
    twice do so too, and have had their one new date already.
    """

    running: int
    shorter: int
    moved: list[Moved]
    twice: list[Moved]


def redate(question: Question, *, until: datetime, why: str, by: str, now: datetime) -> None:
    """Give a promise its one new date and tell who waits. The caller holds the question's row.

    why is one of Round.Why. by is how the trail names who does it. Raises Refused, Stale where it has one already.
    """
    if why not in Round.Why.values:
        raise Refused("Choose a reason from the list.")
    turn = question.round
    if not Round.objects.filter(pk=turn.pk, redated_at=None).update(redated_at=until, redated_for=why):
        raise Stale("One of these has its new date already, and gets no second one. Nothing is changed.")
    turn.redated_at, turn.redated_for = until, why
    moves.set_alarm(question, now=now)
    facts = {"round": turn.number, "until": until.isoformat(), "why": why or "missed"}
    history.record(subject=question.subject, kind="redated", actor=by, now=now, facts=facts)
    _tell(question, now)


def _tell(question: Question, now: datetime) -> None:
    """A row for the mailer. What is in quarantine sends no mail to an address that anybody may have typed; and while we
    wait for who asked, their page speaks of that alone.
    """
    if question.quarantined or question.status not in states.PROMISED:
        return
    _put("redated", question, now)


def tell_what_was_not(question: Question, *, now: datetime) -> None:
    """What its asker was not told while it was in quarantine, or we waited for them: that their date has moved, or was
    missed.

    The caller has just ended that. The key is the one that a new date, or the sweep, has: nobody hears of it twice.
    """
    turn = question.round
    if question.status not in states.PROMISED:
        return
    if (turn.redated_at or turn.due_at) <= now:
        _put("again" if turn.redated_at else "late", question, now)
    elif turn.redated_at:
        _put("redated", question, now)


def _put(what: str, question: Question, now: datetime) -> None:
    for contact in Contact.objects.filter(question=question, paused_at=None):
        put_letter(what, contact, number=question.round_number, now=now)


def put_letter(what: str, contact: Contact, *, number: int, now: datetime) -> None:
    """A row for the mailer about the date of this round, once for each of late, again and redated."""
    refs = {"subject": f"question:{contact.question_id}", "round": number}
    outbox.put("late", key=f"{what}:{contact.question_id}:{number}", refs=refs, now=now)


def effect(old: Calendar, new: Calendar, *, now: datetime, but_staff: bool = False) -> Effect:
    """Compare two calendars by what each means for the promises that run. 1 SQL.

    but_staff leaves out cases about staff, for whoever may not know that there is one.
    """
    found = Effect(0, 0, [], [])
    running = shorter = 0
    rows = _running().filter(question__about_staff=False) if but_staff else _running()
    for turn in rows.iterator():
        standing = turn.redated_at or turn.due_at
        if standing <= now:
            continue
        running += 1
        shut_before, shut = (deadlines.is_on_closed_day(calendar, standing, now=now) for calendar in (old, new))
        if shut and not shut_before:
            moved = Moved(turn.question, standing, _until(old, new, standing, now))
            (found.twice if turn.redated_at else found.moved).append(moved)
        elif new.staffed(now, standing) < old.staffed(now, standing):
            shorter += 1
    return found._replace(running=running, shorter=shorter)


def _until(old: Calendar, new: Calendar, standing: datetime, now: datetime) -> datetime:
    """The closing time after as much staffed time as was left; a week with more hours brings no date forward."""
    reached = max(standing, new.add(now, old.staffed(now, standing)))
    return new.closing_after(reached - deadlines.SECOND, 0)


def stranded(calendar: Calendar, *, now: datetime, given_since: datetime | None = None) -> list[Moved]:
    """The promises ahead that fall on a closed day and have no new date, each with the next closing time. 1 SQL.

    given_since leaves out those whose date stood already then: it is given by asking, and moved by the end of a pause,
    which begins a stage.
    """
    rows = _running().filter(redated_at=None, due_at__gt=now)
    if given_since:
        moved = Q(due_at__gt=F("promised_at"), question__entered_at__gte=given_since)
        rows = rows.filter(Q(asked_at__gte=given_since) | moved)
    pairs = [(turn, deadlines.instead_of(calendar, turn.due_at, now=now)) for turn in rows]
    return [Moved(turn.question, turn.due_at, until) for turn, until in pairs if until]


def _running() -> QuerySet[Round]:
    """Also those that wait for their asker: when the wait is over, their date moves by it."""
    rows = Round.objects.filter(number=F("question__round_number"), question__status__in=states.UNFINISHED)
    return rows.select_related("question").order_by("due_at", "pk")


def redate_all(rows: Iterable[Moved], *, why: str, by: str, now: datetime) -> list[Moved]:
    """Give each its new date, in the caller's transaction; return those. What has moved on keeps its own."""
    done = []
    for row in sorted(rows, key=lambda row: row.question.pk):
        question = Question.objects.select_for_update().get(pk=row.question.pk)
        if _stands(row, question):
            redate(question, until=row.until, why=why, by=by, now=now)
            done.append(row)
    return done


def _stands(row: Moved, question: Question) -> bool:
    """Whether this promise still runs to the same date: somebody may have claimed it, or answered, meanwhile."""
    turn = question.round
    return question.status in states.UNFINISHED and turn.redated_at is None and turn.due_at == row.standing
