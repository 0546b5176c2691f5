"""Opening a question with its six words."""

from datetime import datetime

from django.utils.translation import gettext as _

from askpeer import receipts
from askpeer.errors import Refused
from questions.models import Question


class Unknown(Refused):
    """These words open nothing: never given, misspelt, erased or expired. Nobody can tell which."""

    def __init__(self) -> None:
        super().__init__(_("Those words don't open anything. Check the spelling. Old questions are erased."))


def open_question(*, receipt: str, now: datetime) -> Question:
    """The question these words belong to. Raises Unknown. Erased rows have no digest left to be found by."""
    digest = receipts.digest(receipt)
    question = Question.objects.filter(receipt_digest=digest).first() if receipts.is_receipt(receipt) else None
    if question is None:
        raise Unknown
    return question
