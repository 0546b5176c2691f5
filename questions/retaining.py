"""How long what was answered is kept: by the settings of today, also where it was answered before."""

from datetime import datetime

from django.db.models import F

from questions import deadlines
from questions.models import Question


def put_off(question: Question, *, now: datetime) -> bool:
    """Whether its alarm came by a shorter time than holds today; it is set anew then."""
    after = deadlines.kept_for().get(question.alarm_kind)
    if after is None or question.entered_at + after <= now:
        return False
    Question.objects.filter(pk=question.pk).update(alarm_at=question.entered_at + after)
    return True


def settle() -> int:
    """Set the alarms that were set by another time than holds today; return how many. 2 SQL."""
    return sum(
        Question.objects.filter(alarm_kind=kind)
        .exclude(alarm_at=F("entered_at") + after)
        .update(alarm_at=F("entered_at") + after)
        for kind, after in deadlines.kept_for().items()
    )
