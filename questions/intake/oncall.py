"""Who reads red questions while the service is closed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from askpeer import outbox
from askpeer.hours import Interval
from questions import holding, states
from questions.intake.models import OnCall
from questions.models import Question

READERS = ("supervisor", "lead")


def is_anybody(question: Question, *, now: datetime) -> bool:
    """Whether somebody is on call now who is told of this question at once and may read it."""
    if question.level != states.RED or question.quarantined:
        return False
    if question.about_lead:
        return False  # trustees take no turns
    readers = READERS[1:] if question.about_staff else READERS
    there = OnCall.objects.filter(starts_at__lte=now, ends_at__gt=now).exclude(person__recusals__question=question)
    # To whoever has not agreed to how we work today, or whose checks are not recorded or ran out, no question opens.
    ready = Q(person__agreed_to=get_user_model().agreement, person__vetted_on__isnull=False)
    hold = Q(person__vetted_until=None) | Q(person__vetted_until__gte=holding.today(now))
    return there.filter(ready, hold, person__is_active=True, person__role__in=readers).exists()


def turns() -> tuple[Interval, ...]:
    """Every turn on call, for the hour of a red question. 1 SQL.

    Whoever takes no turns any more has none ahead (rota.end_turns), and what they worked stays worked.
    """
    return tuple(OnCall.objects.order_by("starts_at", "pk").values_list("starts_at", "ends_at"))


def tell_anew_without(person: Any, *, now: datetime) -> None:
    """Somebody's turn on call has ended before its time: alert whoever is there now of the red that nobody has read.

    Who leaves does so once, and the alerts to them that were not sent yet bring the same key. 2 SQL.
    """
    # Trustees, who read about the lead, take no turns.
    waiting = Question.objects.filter(level=states.RED, status=states.NEW, quarantined=False, about_lead=False)
    cause = f"off-call:{now:%Y%m%dT%H%M%S}" if person.is_active else str(person.pk)
    tell_anew(waiting.exclude(recusals__person=person), cause=cause, now=now)


def tell_anew(questions: Iterable[Question], *, cause: str, now: datetime) -> None:
    """Alert whoever is there now of these red questions, once for each cause. 1 SQL."""
    refs = {
        f"red-question:{question.pk}:{cause}": {"subject": question.subject, "round": question.round_number}
        for question in questions
    }
    outbox.put_all("red-question", refs, now=now)
