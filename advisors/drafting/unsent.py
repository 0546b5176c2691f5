"""Where own words that wait for a second person end unsent: with what was sent in their place, or with their writer.

The rows are signoff's, an app above this one, and are reached from the rounds they are for.
"""

from datetime import datetime
from uuid import UUID

from advisors import roles
from advisors.models import Person
from askpeer import history
from questions.models import Question


def end(question: Question, *, by: str, now: datetime, writer: Person | None = None, kind: str = "") -> int:
    """End what waits here; of it what this person wrote, or one kind. Return how many texts there were.

    The caller holds the question's row.
    """
    ended = 0
    which = ({"writer": writer} if writer else {}) | ({"kind": kind} if kind else {})
    for turn in question.rounds.filter(own_words__isnull=False).distinct():
        for words in turn.own_words.filter(ended_at=None, **which).defer("text"):
            turn.own_words.filter(pk=words.pk).update(ended_at=now)
            facts = {"code": words.code, "own_words": str(words.pk), "kind": words.kind}
            history.record(subject=question.subject, kind="own_words_dropped", actor=by, now=now, facts=facts)
            ended += 1
    return ended


def of(writer: Person) -> set[UUID]:
    """The questions in which something of theirs waits, by id."""
    waiting = Question.objects.filter(rounds__own_words__writer=writer, rounds__own_words__ended_at=None)
    return set(waiting.values_list("pk", flat=True))


def end_of(writer: Person, *, by: str, now: datetime) -> int:
    """End whatever of theirs waits where they may not see the question any more, as their role is now.

    Return how many texts, without cases about staff.
    """
    told = 0
    for question in Question.objects.filter(pk__in=of(writer)).order_by("pk").select_for_update():
        if not roles.may_see(writer, question):
            ended = end(question, by=by, now=now, writer=writer)
            told += 0 if question.about_staff else ended
    return told
