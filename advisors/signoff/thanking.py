"""Whom an asker's words thank, and how often somebody was thanked."""

from datetime import datetime

from django.db.models import F, Q

from advisors.drafting.models import Claim
from advisors.models import Person
from askpeer import history
from askpeer.models import TrailEntry
from questions.models import Feedback, Round


def advisor_of(turn: Round) -> Claim | None:
    """The claim under which the answer of this round was sent, or None. 1 SQL."""
    held = Claim.objects.filter(
        Q(released_at=None) | Q(released_at__gte=turn.answered_at),
        question=turn.question_id,
        round_number=turn.number,
        claimed_at__lte=turn.answered_at,
    )
    return held.order_by("-claimed_at", "-pk").first()


def lock_people(feedback: Feedback, by: Person) -> None:
    """Whoever passes the words on and whom they thank, in one order and before the question: count() writes on the
    advisor, who may be leaving, and then waits for the question. 2 SQL.
    """
    claim = advisor_of(feedback.round) if feedback.round.answered_at else None
    people = Person.objects.select_for_update(no_key=True).filter(pk__in={by.pk, claim.person_id if claim else by.pk})
    list(people.order_by("pk").values_list("pk"))


def count(feedback: Feedback, *, now: datetime) -> None:
    """Count one more asker who thanked this answer's advisor: once for each answer, and not where they said that they
    did not feel heard. In the transaction that passes the words on, which holds the question. 4 SQL at most.
    """
    turn, subject = feedback.round, feedback.round.question.subject
    claim = advisor_of(turn) if feedback.felt_heard is not False and turn.answered_at else None
    # The words may be written anew and passed on again, so whether they were counted stands elsewhere.
    if claim is None or TrailEntry.objects.filter(subject=subject, kind="thanked", facts__round=turn.number).exists():
        return
    Person.objects.filter(pk=claim.person_id).update(thanked=F("thanked") + 1)
    history.record(subject=subject, kind="thanked", actor="service", now=now, facts={"round": turn.number})
