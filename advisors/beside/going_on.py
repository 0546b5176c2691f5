"""Which sittings go on. Reckoned from where the question stands, so that nothing has to remember to end one.

Handing back, stepping back, sending for review and leaving all change the question's holder or its stage, or the
supervisor; a sitting from before such a change is over, whatever its row says.
"""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from advisors import roles
from advisors.beside.models import Sitting
from advisors.drafting.models import Recusal
from advisors.models import Role
from questions import states
from questions.models import Question, Round

BEING_WRITTEN = frozenset({states.IN_PROGRESS, states.CHANGES_REQUESTED})


def is_written(question: Question) -> bool:
    """Whether somebody writes this question's answer now."""
    return question.holder_id is not None and question.status in BEING_WRITTEN


def sittings() -> QuerySet[Sitting]:
    """All that go on: one a round at most."""
    kept_out = Recusal.objects.filter(question=OuterRef("round__question"), person=OuterRef("supervisor"))
    return Sitting.objects.filter(
        ~Exists(kept_out),
        Q(round__question__about_staff=False) | Q(supervisor__role=Role.LEAD),
        ended_at=None,
        round__number=F("round__question__round_number"),
        round__question__status__in=BEING_WRITTEN,
        advisor=F("round__question__holder"),
        started_at__gte=F("round__question__entered_at"),
        supervisor__is_active=True,
        supervisor__role__in=roles.REVIEWERS,
    )


def of(question: Question) -> Sitting | None:
    """The sitting that goes on beside this question's advisor. 1 SQL."""
    return sittings().filter(round__question=question).select_related("supervisor", "advisor").first()


def met(turn: Round) -> QuerySet[Sitting]:
    """The sittings of this round in which its present advisor and a supervisor were there at once."""
    return Sitting.objects.filter(round=turn, advisor=turn.question.holder_id, met_at__isnull=False)
