"""A supervisor's line to whom an asker thanked: what worked in that answer."""

from datetime import datetime

from advisors.models import Person
from advisors.team.models import Coaching
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Feedback

LONGEST = 500  # characters


def fitting(typed: str) -> str:
    """The line as it is kept, "" for none. Raises Refused where it is too long."""
    text = prose.canonical(typed)
    if len(text) > LONGEST:
        raise Refused(f"The line can have {LONGEST} characters at most. It has {len(text):,}.")
    return text


def coach(feedback: Feedback, text: str, *, by: Person, now: datetime) -> None:
    """Put the line under these words, in place of one under what the asker said before. In the caller's transaction,
    which holds the question. 2 SQL.
    """
    row = Coaching.objects.filter(feedback=feedback).first()
    if row and not text:
        row.delete()
    elif text:
        row = row or Coaching()
        row.feedback, row.by, row.text, row.at = feedback, by, text, now
        row.save()
