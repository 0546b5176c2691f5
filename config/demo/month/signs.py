"""Whether there is anything to do at all: asked thousands of times a month, so in one cheap look each.

What there is, and who may do it, the service's own lists say. SQLite alone.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

BEAT = """
SELECT EXISTS (SELECT 1 FROM questions_question WHERE alarm_at <= %(now)s),
       EXISTS (SELECT 1 FROM questions_reminder WHERE told_at IS NULL AND NOT superseded),
       EXISTS (SELECT 1 FROM askpeer_outboxrow WHERE state = 'waiting' AND due_at <= %(now)s)
"""
HANDS = """
SELECT EXISTS (SELECT 1 FROM questions_question
               WHERE holder_id = %(person)s AND status IN ('in_progress', 'changes_requested')),
       EXISTS (SELECT 1 FROM questions_question
               WHERE holder_id IS NULL AND status IN ('open', 'in_progress', 'changes_requested'))
"""
CHECKS = """
SELECT EXISTS (SELECT 1 FROM questions_question WHERE status = 'new'),
       EXISTS (SELECT 1 FROM questions_question WHERE status = 'new' AND level = 'red'),
       EXISTS (SELECT 1 FROM questions_message WHERE kind = 'reply' AND passed_at IS NULL),
       (SELECT COUNT(*) FROM questions_question WHERE status = 'in_review'),
       EXISTS (SELECT 1 FROM questions_question q JOIN questions_round r ON r.question_id = q.id
               WHERE q.status = 'in_review' AND r.number = q.round_number AND (q.level = 'red' OR r.reached <> '')),
       EXISTS (SELECT 1 FROM questions_question q JOIN questions_round r ON r.question_id = q.id
               WHERE q.status IN ('new', 'open', 'in_progress', 'in_review', 'changes_requested')
               AND r.number = q.round_number AND r.due_at <= %(now)s AND r.redated_at IS NULL),
       EXISTS (SELECT 1 FROM questions_question q JOIN questions_round r ON r.question_id = q.id
               WHERE q.status IN ('open', 'in_progress', 'changes_requested')
               AND r.number = q.round_number AND r.due_at <= %(now)s AND r.redated_at <= %(now)s)
"""


class Beat(NamedTuple):
    """An alarm is due, a reminder is untold, a letter waits."""

    alarm: bool
    reminder: bool
    letter: bool


class Hands(NamedTuple):
    """This person is writing something; something waits for somebody to write it."""

    own: bool
    free: bool


class Checks(NamedTuple):
    """New questions, red ones among them, unread replies, how many drafts, pressing ones among them, promises that are
    broken and have no new date, new dates that are broken too.
    """

    new: bool
    new_red: bool
    reply: bool
    drafts: int
    pressing: bool
    undated: bool
    again: bool


def of_the_beat(now: datetime) -> Beat:
    return Beat(*map(bool, _read(BEAT, now=_as_kept(now))))


def of_hands(person: UUID) -> Hands:
    return Hands(*map(bool, _read(HANDS, person=person.hex)))


def of_checks(now: datetime) -> Checks:
    new, red, reply, drafts, *others = _read(CHECKS, now=_as_kept(now))
    return Checks(bool(new), bool(red), bool(reply), drafts, *map(bool, others))


def _as_kept(now: datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(now))


def _read(sql: str, **values: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchone())
