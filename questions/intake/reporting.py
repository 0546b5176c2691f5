"""A safety report ("Something wrong with this answer?"), which a supervisor sees at once."""

from datetime import datetime

from django.db import transaction

from askpeer import history, outbox
from questions import moves
from questions.intake import asking
from questions.intake.feedback import answered_round, raise_by_words
from questions.models import Question, SafetyReport

LIMIT = 1500  # characters


@transaction.atomic
def report(*, question: Question, words: str, now: datetime) -> SafetyReport:
    """Keep the report and alert a supervisor. Words may be empty: pressing the button says enough.

    Raises Refused, Erased, Stale.
    """
    moves.lock(question)
    row = SafetyReport(round=answered_round(question), words=asking.fitting(words, limit=LIMIT), sent_at=now)
    row.save()
    refs = {"subject": question.subject, "report": str(row.pk)}
    outbox.put("safety-report", key=f"safety-report:{row.pk}", refs=refs, now=now)
    history.record(subject=question.subject, kind="safety_report", actor=moves.ASKER.name, now=now)
    raise_by_words(question, row.words, now=now)
    return row
