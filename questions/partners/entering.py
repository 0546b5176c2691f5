"""Opening a question for a partner: with its receipt, and only where it was asked through this partner's pages."""

from datetime import datetime

from questions.intake import opening
from questions.models import Question
from questions.partners.models import Partner


class Elsewhere(opening.Unknown):
    """The question stands, and it is not this partner's to open. Whoever called reads the same as of any other."""


def open_for(partner: Partner, *, receipt: str, now: datetime) -> Question:
    """The question these words open. Raises opening.Unknown, as Elsewhere for one that was asked elsewhere.

    Elsewhere is also our own pages, where the partner's button led to them.
    """
    question = opening.open_question(receipt=receipt, now=now)
    if question.partner_id != partner.pk or question.by_button:
        raise Elsewhere
    return question
