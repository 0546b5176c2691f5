"""The asker's own erasing: the private question and everything published from it."""

from datetime import datetime

from django.db import transaction

from questions import erasing, moves
from questions.models import Question
from questions.publication import withdrawing


@transaction.atomic
def erase(*, question: Question, now: datetime) -> Question:
    """End the question for good and take down what was published from it; return the husk.

    Raises Refused, OSError. Read anew and held: whatever staff do in the same moment, the asker's word is the last.
    """
    held = Question.objects.select_for_update().get(pk=question.pk)
    withdrawing.withdraw_for(held, now=now)
    erasing.erase(held, by=moves.ASKER, now=now)
    return held
