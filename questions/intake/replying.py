"""The asker's reply to a clarifying question."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer.errors import Refused
from questions import moves, redating, states
from questions.intake import asking, risk
from questions.models import Message, Question

LIMIT = 1500  # characters


def waits(question: Question) -> bool:
    """Whether we asked for one thing and still wait for it."""
    return question.status == states.PENDING_ASKER


def _not_waiting(question: Question) -> str:
    if question.status == states.ANSWERED:
        return _("We are not waiting for a reply any more. You can send this with a follow-up.")
    if question.status in states.UNFINISHED:
        return _("We are not waiting for a reply now. You can write again once your answer is here.")
    return _("We are not waiting for a reply any more. You can always ask a new question.")


@transaction.atomic
def reply(*, question: Question, text: str, now: datetime) -> Message:
    """Save the reply for triage and give the question back to its advisor. Raises Refused, Stale."""
    moves.lock(question)
    if not waits(question):
        raise Refused(_not_waiting(question))
    text, extras = asking.opening_words(text, (), (), limit=LIMIT)
    turn = question.round
    level = risk.raised(question, text)
    moves.move(question, states.IN_PROGRESS, by=moves.ASKER, now=now, changes={"level": level})
    redating.tell_what_was_not(question, now=now)
    message = asking.say(turn, Message.Kind.REPLY, text, extras, now=now)
    if question.level == states.RED:
        risk.alert(question, now=now)
    return message
