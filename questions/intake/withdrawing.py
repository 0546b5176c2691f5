"""The asker's own erasing: the private question and everything published from it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer.errors import Refused
from questions import erasing, holding, moves
from questions.models import Question
from questions.publication import withdrawing


class Untold(Refused):
    """A locked note stays that the asker has not been told of."""

    def __init__(self) -> None:
        super().__init__(_("Please read this page once more: there is something new on it."))


@transaction.atomic
def erase(*, question: Question, told: date | None = None, now: datetime) -> Question:
    """End the question for good and take down what was published from it; return the husk.

    told is until when the asker has read that a locked note stays, None for none. Raises Untold, Refused, OSError. Read
    anew and held: whatever staff do in the same moment, the asker's word is the last.
    """
    held = Question.objects.select_for_update().get(pk=question.pk)
    if holding.last_day(held, now=now) not in {None, told}:
        raise Untold
    withdrawing.withdraw_for(held, now=now)
    erasing.erase(held, by=moves.ASKER, now=now)
    return held
