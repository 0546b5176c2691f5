"""Opening a question for a partner: with its receipt, and only where it was asked through this partner's pages."""

from datetime import datetime

from questions.intake import opening
from questions.models import Question
from questions.partners.models import Partner


def open_for(partner: Partner, *, receipt: str, now: datetime) -> Question:
    """The question these words open. Raises opening.Unknown, also for one that was asked elsewhere.

    What came by the partner's button was asked on our own pages in confidence: the partner sees nothing of it.
    """
    question = opening.open_question(receipt=receipt, now=now)
    if question.partner_id != partner.pk or question.by_button:
        raise opening.Unknown
    return question
