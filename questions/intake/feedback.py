"""What the asker says about an answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer import history
from askpeer.errors import Refused
from questions import moves, states
from questions.intake import asking, risk
from questions.models import Feedback, Question, Round

LIMIT = 1000  # characters


def answered_round(question: Question) -> Round:
    """The last round that has its answer. Raises Refused when there is none yet."""
    turn = question.rounds.filter(answered_at__isnull=False).order_by("-number").first()
    if turn is None:
        raise Refused(_("There is no answer yet. You can tell us what you think of it once it's here."))
    turn.question = question
    return turn


@transaction.atomic
def give(
    *,
    question: Question,
    now: datetime,
    felt_heard: bool | None = None,
    next_step: bool | None = None,
    knew_checked: bool | None = None,
    words: str = "",
) -> Feedback:
    """Keep it, in place of what was said before; words wait for triage. Raises Refused, Erased, Stale."""
    words = asking.fitting(words, limit=LIMIT)
    ticked = {"felt_heard": felt_heard, "next_step": next_step, "knew_checked": knew_checked}
    if not words and all(value is None for value in ticked.values()):
        raise Refused(_("Choose an answer or write a few words first."))
    moves.lock(question)
    turn = answered_round(question)
    row = Feedback.objects.filter(round=turn).first() or Feedback(round=turn)
    row.round = turn
    for name, value in ticked.items():
        setattr(row, name, value)
    row.words, row.sent_at, row.passed_at = words or None, now, None if words else now
    row.save()
    history.record(subject=question.subject, kind="feedback", actor=moves.ASKER.name, now=now)
    raise_by_words(question, words, now=now)
    return row


def raise_by_words(question: Question, words: str, *, now: datetime) -> None:
    """Raise the question's level where these words ask for it, and tell somebody of words that ask for red.

    Whoever read the words before them has not read these, so a question that is red already is told of again.
    """
    was, level = question.level, risk.raised(question, words)
    if level != was:
        moves.set_alarm(question, now=now, changes={"level": level})
    if risk.level_of(words).level == states.RED:
        risk.alert(question, now=now, again=was == states.RED)
