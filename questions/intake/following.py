"""A follow-up: the next round of the same question."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer.errors import Refused
from questions import moves, states
from questions.intake import asking, promising, risk
from questions.models import Message, Question, Round

LIMIT = 1500  # characters


def left(question: Question) -> int:
    """How many follow-ups this question still has."""
    return max(0, states.FOLLOW_UPS + 1 - question.round_number)


@transaction.atomic
def follow_up(
    *, question: Question, text: str, now: datetime, cards: Sequence[str] = (), someone_else: bool = False
) -> Round:
    """Begin the next round with a new promise; the same advisor is offered it first unless someone_else.

    Raises Refused, Stale.
    """
    moves.lock(question)
    if question.status != states.ANSWERED:
        raise Refused(_("You can write again once your answer is here, and until the question closes."))
    if not left(question):
        raise Refused(_("You've followed this one up twice, which is all it can hold. You can always ask a new one."))
    text, extras = asking.opening_words(text, cards, (), limit=LIMIT)
    turn = _next_round(question, now)
    offered = None if someone_else else question.holder_id
    changes = {"offered_to_id": offered, "level": risk.raised(question, text)}
    moves.move(question, states.NEW, by=moves.ASKER, now=now, turn=turn, changes=changes)
    asking.say(turn, Message.Kind.FOLLOW_UP, text, extras, now=now)
    if question.level == states.RED:
        risk.alert(question, now=now)
    return turn


def _next_round(question: Question, now: datetime) -> Round:
    promised = promising.promise(now)
    # Two at once: the unique number lets one in, and the other waits for this transaction and is refused by move().
    turn, _made = Round.objects.get_or_create(
        question=question,
        number=question.round_number + 1,
        defaults={"asked_at": now, "promised_at": promised, "due_at": promised},
    )
    return turn
