"""How long what was answered is kept: by the settings of today, also where it was answered before."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from questions import deadlines
from questions.models import Feedback, Question, SafetyReport

READ_FIRST = timedelta(days=7)  # so long, at most, erasing waits for somebody to read what was said last
LOOK_AGAIN = timedelta(hours=1)


def put_off(question: Question, *, now: datetime) -> bool:
    """Whether its alarm came too soon: by a shorter time than holds today, or before somebody has read what its asker
    said last of an answer. It is set anew then.
    """
    if question.alarm_kind not in deadlines.kept_for():
        return False
    ends = question.entered_at + deadlines.kept_for_now()[question.alarm_kind]
    if question.alarm_kind == "erase" and ends <= now < ends + READ_FIRST and _unread(question):
        ends = min(now + LOOK_AGAIN, ends + READ_FIRST)
    if ends <= now:
        return False
    # Guarded: its asker may follow up at this moment, and that alarm stays.
    same = Question.objects.filter(pk=question.pk, version=question.version, alarm_kind=question.alarm_kind)
    return bool(same.update(alarm_at=ends))


def _unread(question: Question) -> bool:
    """Whether a report of an answer, or words about one, wait for a supervisor. 2 SQL."""
    words = Feedback.objects.filter(round__question=question, words__isnull=False, passed_at=None)
    return SafetyReport.objects.filter(round__question=question, settled_at=None).exists() or words.exists()


def erased_at(question: Question) -> datetime:
    """Until when a closed question is kept: later than its time while something its asker said waits to be read."""
    ends = question.entered_at + deadlines.kept_for()["erase"]
    return max(ends, question.alarm_at) if question.alarm_at and question.alarm_kind == "erase" else ends


def settle() -> int:
    """Set the alarms that were set by another time than holds today; return how many. 3 SQL."""
    periods = deadlines.kept_for_now().items()
    return sum(set_otherwise(kind, after).update(alarm_at=F("entered_at") + after) for kind, after in periods)


def set_otherwise(kind: str, after: timedelta) -> QuerySet[Question]:
    """What has an alarm of this kind that was set by another time than this."""
    return Question.objects.filter(alarm_kind=kind).exclude(alarm_at=F("entered_at") + after)
