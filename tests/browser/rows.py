"""Questions that an asker can do something with."""

from questions import moves, states
from questions.models import Message, Question
from tests.factories import NOW, make_question
from tests.questions.publication.shelf import ADVISOR, SUPERVISOR, answered

ANSWER = "Eating alone is hard. You could ask about the art club."
WHICH = "Which year are you in?"


def with_answer(**values) -> Question:
    """One whose answer stands on its page."""
    question = answered(**values)
    _say(question, Message.Kind.ANSWER, ANSWER)
    return question


def asked_back(**values) -> Question:
    """One whose advisor asked one thing."""
    question = make_question(**values)
    for to, by in ((states.OPEN, SUPERVISOR), (states.IN_PROGRESS, ADVISOR), (states.IN_REVIEW, ADVISOR)):
        moves.move(question, to, by=by, now=NOW)
    moves.move(question, states.PENDING_ASKER, by=SUPERVISOR, now=NOW)
    _say(question, Message.Kind.CLARIFICATION, WHICH)
    return question


def _say(question: Question, kind: str, text: str) -> None:
    html = f"<p>{text}</p>"
    Message.objects.create(round=question.round, kind=kind, text=text, html=html, digest=b"d" * 32, sent_at=NOW)
