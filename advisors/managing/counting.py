"""How many questions there are, and how their promises stand, as a manager counts them: without those about staff, of
which a manager reads nothing. Numbers under 10 never stand in public."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Q

from questions import states
from questions.models import Question, Round

LABELS = {
    states.NEW: "New, to be read first",
    states.OPEN: "Open, waiting for an advisor",
    states.IN_PROGRESS: "Being written",
    states.PENDING_ASKER: "Waiting for the asker",
    states.IN_REVIEW: "In review",
    states.CHANGES_REQUESTED: "Changes requested",
    states.ANSWERED: "Answered",
    states.REDIRECTED: "Redirected",
    states.CLOSED: "Closed",
}


class Promises(NamedTuple):
    """How many questions without an answer are late, at risk, late without a new date, and red."""

    late: int
    at_risk: int
    undated: int
    red: int


def statuses() -> list[tuple[str, int]]:
    """[(label, count), …] in the order of a question's life. 1 SQL."""
    by_status = dict(Question.objects.filter(about_staff=False).values_list("status").annotate(Count("pk")))
    return [(label, by_status.get(status, 0)) for status, label in LABELS.items()]


def waiting() -> int:
    """How many wait for an answer; quarantine keeps nobody from asking, and is no part of it. 1 SQL."""
    return Question.objects.filter(status__in=states.UNFINISHED, quarantined=False, about_staff=False).count()


def promises(*, now: datetime) -> Promises:
    """1 SQL."""
    rounds = Round.objects.filter(question__about_staff=False, question__status__in=states.PROMISED)
    current = rounds.filter(number=F("question__round_number"))
    late = Q(due_at__lte=now)
    return Promises(
        **current.aggregate(
            late=Count("pk", filter=late),
            at_risk=Count("pk", filter=Q(reached__in=Round.WARNED) & ~late),
            undated=Count("pk", filter=Q(reached=Round.Reached.UNDATED, redated_at=None)),
            red=Count("pk", filter=Q(question__level=states.RED)),
        )
    )
