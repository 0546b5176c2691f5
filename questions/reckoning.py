"""Reckons alarms anew after the calendar, or who is on call, has changed. Every promise stays as it was given."""

import logging
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from askpeer import calendars, scheduling
from askpeer.hours import NoOpeningHours
from askpeer.models import CalendarVersion, ServiceCalendar, TrailEntry
from questions import deadlines, moves, redating, states
from questions.models import Question, Reminder, Round

log = logging.getLogger("askpeer.reckoning")
BATCH = 200


def reckon_due(*, now: datetime) -> int:
    """Set every unfinished question's alarm by the calendar of now, once for each change; return how many.

    A run that is killed is done again from its beginning: the change is crossed off at the end.
    """
    row = ServiceCalendar.objects.filter(reckon_at__lte=now).first()
    if row is None or row.reckon_at is None:
        return 0
    calendars.forget()
    count, last = 0, None
    try:
        while batch := _reckon_batch(last, now):
            count, last = count + len(batch), batch[-1]
    except (NoOpeningHours, calendars.NoWindows):
        log.error("no staffed hour ahead")
        return count
    _move_late_comers(row.reckon_since or row.reckon_at, now)
    # A change made meanwhile has set a later moment, and stays to be done.
    done = ServiceCalendar.objects.filter(pk=row.pk, reckon_at=row.reckon_at)
    done.update(reckon_at=None, reckon_since=None)
    return count


@transaction.atomic
def _move_late_comers(changed_at: datetime, now: datetime) -> None:
    """A process that did not know a change yet may have promised a day that is closed: 4 SQL for each such promise.

    Who asks has their moment read before the manager's, maybe, and their row written after it: so a minute before the
    change is looked at too. That takes from no manager what they chose. What they saw and moved has its date; what they
    saw and left was promised before that change, by the order of the trail, on a day that was open then, and stays.
    """
    since = changed_at - calendars.SETTLED
    rows = redating.stranded(calendars.current(), now=now, given_since=since)
    late = [row for row in rows if _was_closed_already(row, now)]
    redating.redate_all(late, why=Round.Why.CLOSED, by=moves.SERVICE.name, now=now)


def _was_closed_already(row: redating.Moved, now: datetime) -> bool:
    """Whether the calendar that held when this date was given had that day closed."""
    given = TrailEntry.objects.filter(_gave_its_date(row), subject=row.question.subject).order_by("pk").last()
    changes = TrailEntry.objects.filter(subject=scheduling.SUBJECT, kind=scheduling.CHANGE).order_by("pk")
    known = changes.filter(pk__lt=given.pk).last() if given else None
    if known is None:
        return False
    version = CalendarVersion.objects.get(number=known.facts["version"])
    return deadlines.is_on_closed_day(calendars.of_definition(version.definition), row.standing, now=now)


def _gave_its_date(row: redating.Moved) -> Q:
    """The entries of the trail that give a question a date; the end of a pause only where that moved it."""
    moved = row.standing > row.question.round.promised_at
    left = [states.ANSWERED, states.PENDING_ASKER] if moved else [states.ANSWERED]
    return Q(kind="asked") | Q(kind="moved", facts__from__in=left)


@transaction.atomic
def _reckon_batch(last: UUID | None, now: datetime) -> list[UUID]:
    """The next questions by their id, their alarms set; an alarm that is due by now is left for the ringing."""
    rows = Question.objects.filter(status__in=states.UNFINISHED).order_by("pk")
    rows = rows.filter(pk__gt=last) if last else rows
    questions = list(rows.select_for_update(of=("self",))[:BATCH])
    rounds = Round.objects.filter(question__in=questions, number=F("question__round_number"))
    turns = {turn.question_id: turn for turn in rounds}
    rung = _rung_in_their_stage(questions)
    changed = [question for question in questions if _reckon(question, turns[question.pk], rung[question.pk], now)]
    Question.objects.bulk_update(changed, ["alarm_at", "alarm_kind"])
    return [question.pk for question in questions]


def _rung_in_their_stage(questions: list[Question]) -> dict[UUID, set[str]]:
    rung: dict[UUID, set[str]] = defaultdict(set)
    done = Reminder.objects.filter(question__in=questions, stage=F("question__version"))
    for question, kind in done.values_list("question", "kind"):
        rung[question].add(kind)
    return rung


def _reckon(question: Question, turn: Round, rung: set[str], now: datetime) -> bool:
    if question.alarm_at is not None and question.alarm_at <= now:
        return False
    found = deadlines.next_alarm(calendars.current(), moves.course(question, turn), after=now, rung=rung)
    before = question.alarm_at, question.alarm_kind
    question.alarm_at, question.alarm_kind = (found.at, found.kind) if found else (None, "")
    return (question.alarm_at, question.alarm_kind) != before
