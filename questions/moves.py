"""move(): the one place where a question's status changes.

A guarded UPDATE on (id, status, version), counted to one row; in the same transaction the history row, the next alarm
and what the partner's site is told. Who was second gets Stale and nothing is overwritten.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer import calendars, history
from askpeer.errors import Erased, Refused, Stale
from questions import deadlines, states
from questions.models import Question, Round
from questions.partners import hooks

MINUTE = timedelta(minutes=1)


class Actor(NamedTuple):
    """Who acts: the capacity they act in (states.ROLES) and how the trail names them, e.g. person:<id>."""

    role: str
    name: str


ASKER = Actor(states.ASKER, "asker")
SERVICE = Actor(states.SERVICE, "service")


def course(question: Question, turn: Round) -> deadlines.Course:
    """What the ladder of this question depends on, as it stands."""
    return deadlines.Course(
        question.status,
        question.level,
        question.entered_at,
        turn.asked_at,
        turn.promised_at,
        turn.due_at,
        turn.reached,
        question.quarantined,
        turn.redated_at,
    )


@transaction.atomic
def move(
    question: Question,
    to: str,
    *,
    by: Actor,
    now: datetime,
    turn: Round | None = None,
    changes: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Move a question on and bring the given row up to date.

    turn is the new round, where the move begins one. changes are further columns of the same UPDATE, e.g.
    {"holder": person}. Raises Refused when the table has no such move or not for this actor, Stale when the row is no
    longer as question says.
    """
    check_move(question.status, to, by=by)
    came_from = question.status
    # Where nothing is due any more no date moves: erasing must not depend on a calendar.
    if came_from == states.PENDING_ASKER and to in states.PROMISED:
        _end_pause(question, now=now)
    turn = turn or question.round
    stage = {"status": to, "version": question.version + 1, "entered_at": now, "round_number": turn.number}
    level = (changes or {}).get("level", question.level)
    ahead = course(question, turn)._replace(status=to, entered_at=now, level=level)
    update(question, _released(to) | (changes or {}) | stage | _alarm(ahead, now=now))
    history.record(
        subject=question.subject,
        kind="moved",
        actor=by.name,
        now=now,
        facts={"from": came_from, "to": to, "round": question.round_number} | (facts or {}),
    )
    hooks.status_changed(question, now=now)


def check_move(status: str, to: str, *, by: Actor) -> None:
    """Raise Refused unless states.MOVES has this move for this actor."""
    if by.role not in states.MOVES.get((status, to), frozenset()):
        raise Refused(_("That is not possible any more: the question has moved on."))


def update(question: Question, changes: dict[str, Any]) -> None:
    """The guarded UPDATE itself. Raises Stale when not one row was as question says.

    The level is part of the guard: it changes without a move, and nobody may write an older, lower one back.
    """
    mine = Question.objects.filter(
        pk=question.pk, status=question.status, version=question.version, level=question.level
    )
    if mine.update(**changes) != 1:
        raise Stale
    for name, value in changes.items():
        setattr(question, name, value)


def lock(question: Question) -> None:
    """Hold the row until the transaction ends, and bring its level, which changes without a move, up to date.

    Raises Erased when the question is gone, Stale when it has moved on.
    """
    rows = Question.objects.select_for_update().filter(pk=question.pk)
    status, version, level = rows.values_list("status", "version", "level").get()
    if status == states.WITHDRAWN:
        raise Erased
    if (status, version) != (question.status, question.version):
        raise Stale
    question.level = level


def set_alarm(question: Question, *, now: datetime, changes: dict[str, Any] | None = None) -> None:
    """Reckon the next alarm anew after something it depends on changed, e.g. changes={"level": "red"}."""
    ahead = course(question, question.round)._replace(level=(changes or {}).get("level", question.level))
    update(question, (changes or {}) | _alarm(ahead, now=now))


def _released(to: str) -> dict[str, Any]:
    return {} if to in states.HELD or to in {states.ANSWERED, states.REDIRECTED} else {"holder": None}


def _end_pause(question: Question, *, now: datetime) -> None:
    """The date that stood when it began moves by exactly the working time waited, in whole minutes: a promise names no
    seconds. A date that was missed before stays: that is the one that was said.

    A reply at once moves nothing; were a second added at closing time, it would cost the asker a night.
    """
    calendar, turn = calendars.current(), question.round
    standing = "redated_at" if turn.redated_at else "due_at"
    if (date := getattr(turn, standing)) <= question.entered_at:
        return
    waited = calendar.staffed(question.entered_at, now)
    moved = calendar.add(date, waited - waited % MINUTE)
    if moved <= now:  # the seconds cut were all that was left
        moved = calendar.add(date, waited + -waited % MINUTE)
    setattr(turn, standing, moved)
    turn.save(update_fields=[standing])


def _alarm(ahead: deadlines.Course, *, now: datetime) -> dict[str, Any]:
    if ahead.status == states.WITHDRAWN:  # nothing is ahead, and erasing must not depend on a calendar
        return {"alarm_at": None, "alarm_kind": ""}
    rung = deadlines.next_alarm(calendars.current(), ahead, after=now)
    return {"alarm_at": rung.at if rung else None, "alarm_kind": rung.kind if rung else ""}
