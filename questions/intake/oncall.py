"""Who reads red questions while the service is closed."""

from datetime import datetime

from questions import states
from questions.intake.models import OnCall
from questions.models import Question

READERS = ("supervisor", "lead")


def is_anybody(question: Question, *, now: datetime) -> bool:
    """Whether somebody is on call now who is told of this question at once and may read it."""
    if question.level != states.RED or question.quarantined:
        return False
    readers = READERS[1:] if question.about_staff else READERS
    there = OnCall.objects.filter(starts_at__lte=now, ends_at__gt=now).exclude(person__recusals__question=question)
    return there.filter(person__is_active=True, person__role__in=readers).exists()
