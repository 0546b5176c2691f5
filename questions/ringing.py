"""Rings the alarms that are due: reminders in set-based batches, status moves one at a time.

Its cost follows what is due and not what is open. Run twice, or by two at once, it does nothing twice: a rung is a
unique row, and the rows of a batch are locked while it is written.
"""

import logging
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from askpeer import calendars
from askpeer.errors import Refused
from askpeer.hours import Calendar, NoOpeningHours
from questions import deadlines, erasing, moves, redating, retaining, states
from questions.deadlines import Rung
from questions.models import Contact, Question, Reminder, Round

log = logging.getLogger("askpeer.ringing")
BATCH = 500
URGENCY = ("half", "most", "full", *states.PROMISE_RUNGS)
TOLD_TO_ASKERS = ("late", "again")


def ring_due(*, now: datetime, limit: int = 10_000) -> int:
    """Ring everything due, oldest first; return how many questions were rung."""
    rung = 0
    try:
        while rung < limit and (batch := _ring_reminders(now, min(BATCH, limit - rung))):
            rung += batch
    except (NoOpeningHours, calendars.NoWindows):
        # Reminders have no moment to wait for now; closing and erasing do not need one.
        log.error("no staffed hour ahead")
    moving = Question.objects.filter(alarm_at__lte=now, alarm_kind__in=states.MOVING_RUNGS)
    for pk in list(moving.order_by("alarm_at").values_list("pk", flat=True)[: max(0, limit - rung)]):
        rung += _ring_move(pk, now)
    return rung


@transaction.atomic
def _ring_reminders(now: datetime, size: int) -> int:
    due = Question.objects.filter(alarm_at__lte=now).exclude(alarm_kind__in=states.MOVING_RUNGS)
    questions = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("alarm_at")[:size])
    if not questions:
        return 0
    rounds = Round.objects.filter(question__in=questions, number=F("question__round_number"))
    turns = {turn.question_id: turn for turn in rounds}
    calendar, reminders, alarms = calendars.current(), [], {}
    for question in questions:
        rungs, alarms[question.pk] = _due_rungs(calendar, question, turns[question.pk], now)
        reminders += _rows(question, rungs, now)
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    _set_alarms(questions, alarms)
    _mark_reached(reminders, turns, now)
    return len(questions)


def _due_rungs(calendar: Calendar, question: Question, turn: Round, now: datetime) -> tuple[list[Rung], Rung | None]:
    """The reminders reached since the alarm was set, and the rung to wait for next.

    The alarm of a stage's rung that was missed is set later than the rung, which it names. Where a budget shrank in the
    middle, a return may lie before the alarm too: it comes later, and whoever holds the question hears of it first.
    """
    ladder = deadlines.ladder(calendar, moves.course(question, turn))
    before = [rung for rung in ladder if question.alarm_at is not None and rung.at < question.alarm_at]
    unheard = any(rung.kind == "returned" for rung in before)
    always = {*Round.Reached.values, question.alarm_kind} | ({"full"} if unheard else set())
    ahead = [rung for rung in ladder if rung not in before or rung.kind in always]
    reached = [rung for rung in ahead if rung.at <= now and rung.kind not in states.MOVING_RUNGS]
    waiting = [rung for rung in ahead if rung not in reached]
    if unheard:
        waiting.append(deadlines.return_later(calendar, now))
    return reached, min(waiting, key=lambda rung: rung.at, default=None)


def _rows(question: Question, rungs: list[Rung], now: datetime) -> list[Reminder]:
    """One row a rung; after an outage only the most urgent speaks, the others are marked superseded."""
    loudest = max((URGENCY.index(rung.kind) for rung in rungs), default=0)
    return [
        Reminder(
            question=question,
            round_number=question.round_number,
            stage=0 if rung.kind in Round.Reached.values else question.version,
            kind=rung.kind,
            holder_id=question.holder_id,
            due_at=rung.at,
            made_at=now,
            superseded=URGENCY.index(rung.kind) < loudest,
        )
        for rung in rungs
    ]


def _set_alarms(questions: list[Question], alarms: dict) -> None:
    """Every question's next alarm, set-based; bulk_update casts the moments, which PostgreSQL asks for."""
    for question in questions:
        rung = alarms[question.pk]
        question.alarm_at, question.alarm_kind = (rung.at, rung.kind) if rung else (None, "")
    Question.objects.bulk_update(questions, ["alarm_at", "alarm_kind"])


def _mark_reached(reminders: list[Reminder], turns: dict, now: datetime) -> None:
    reached = defaultdict(list)
    for row in reminders:
        if row.stage == 0:
            reached[row.kind].append(turns[row.question_id])
    for kind in states.PROMISE_RUNGS:
        Round.objects.filter(pk__in=[turn.pk for turn in reached[kind]]).update(reached=kind)
    for kind in TOLD_TO_ASKERS:
        _tell_askers(kind, {turn.question_id: turn for turn in reached[kind]}, now)


def _tell_askers(kind: str, turns: dict[UUID, Round], now: datetime) -> None:
    """Nobody has read what is in quarantine: until then it sends no mail to an address that anybody may have typed."""
    for contact in Contact.objects.filter(question__in=turns, question__quarantined=False, paused_at=None):
        redating.put_letter(kind, contact, number=turns[contact.question_id].number, now=now)


def _ring_move(pk: UUID, now: datetime) -> int:
    """One status move in its own transaction. Somebody who was first, or a question already gone, is no trouble.

    Where the ledger cannot be written, nothing is erased, and the questions behind this one still move.
    """
    try:
        with transaction.atomic():
            question = Question.objects.get(pk=pk, alarm_at__lte=now, alarm_kind__in=states.MOVING_RUNGS)
            _make_move(question, now)
    except (Refused, NoOpeningHours, calendars.NoWindows, Question.DoesNotExist):
        return 0
    except OSError as failure:
        log.error("a question could not be moved: %s", type(failure).__name__)
        return 0
    return 1


def _make_move(question: Question, now: datetime) -> None:
    kind, to = question.alarm_kind, states.MOVING_RUNGS[question.alarm_kind]
    if retaining.put_off(question, now=now):
        return
    if kind == "returned":
        Reminder.objects.bulk_create(_rows_of_return(question, now), ignore_conflicts=True)
    if to == states.WITHDRAWN:
        erasing.erase(question, by=moves.SERVICE, now=now)
        return
    if to == states.CLOSED:
        Contact.objects.filter(question=question).delete()
    moves.move(question, to, by=moves.SERVICE, now=now, facts={"rung": kind})
    if kind == "reply_waited_for":
        redating.tell_what_was_not(question, now=now)


def _rows_of_return(question: Question, now: datetime) -> list[Reminder]:
    return [
        Reminder(
            question=question,
            round_number=question.round_number,
            stage=question.version,
            kind="returned",
            holder_id=question.holder_id,
            due_at=question.alarm_at or now,
            made_at=now,
        )
    ]
