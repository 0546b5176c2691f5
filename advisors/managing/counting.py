"""How the service stands now, in numbers. For staff alone: numbers under 10 are shown here and never in public."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Q

from advisors.models import Invitation
from askpeer.models import OutboxRow
from questions import states
from questions.intake.models import SuggestedWord
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


class Standing(NamedTuple):
    """statuses: [(label, count), …] in the order of a question's life; the rest are counts."""

    statuses: list[tuple[str, int]]
    late: int
    at_risk: int
    red: int
    failed: int
    invited: int
    words: int


def standing(*, now: datetime) -> Standing:
    """Count everything in five queries, whatever there is."""
    by_status = dict(Question.objects.values_list("status").annotate(Count("pk")))
    return Standing(
        statuses=[(label, by_status.get(status, 0)) for status, label in LABELS.items()],
        **_promises(now),
        failed=OutboxRow.objects.filter(state=OutboxRow.State.DEAD).count(),
        invited=Invitation.objects.filter(accepted_at=None, expires_at__gt=now).count(),
        words=SuggestedWord.objects.count(),
    )


def _promises(now: datetime) -> dict[str, int]:
    current = Round.objects.filter(number=F("question__round_number"), question__status__in=states.PROMISED)
    late = Q(due_at__lte=now)
    return current.aggregate(
        late=Count("pk", filter=late),
        at_risk=Count("pk", filter=Q(reached__in=Round.WARNED) & ~late),
        red=Count("pk", filter=Q(question__level=states.RED)),
    )
