"""What reaches an asker from us once it was approved: answer, clarifying question, holding reply, redirect."""

from datetime import datetime

from django.db import IntegrityError, transaction

from askpeer import outbox, prose
from askpeer.errors import Refused, Stale
from questions import moves, states
from questions.models import Contact, Message, Question
from questions.moves import Actor

Kind = Message.Kind
NOTICES = {Kind.CLARIFICATION: "clarification"}  # outbox kind; every other message is an answer to go and read


@transaction.atomic
def deliver(
    question: Question, *, kind: str, text: str, digest: bytes, to: str | None, by: Actor, now: datetime
) -> Message:
    """Put one approved wording in front of the asker and make the move that goes with it (to; None stays).

    digest is the one that was approved, under the question's key; it is checked against this very text again.
    Raises Refused when they differ, Stale when the round already has its answer or the question moved on.
    """
    if prose.digest(text, key=question.key()) != digest:
        raise Refused("These are not the words that were approved.")
    turn = question.round
    message = Message(round=turn, kind=kind, text=text, html=prose.render(text), digest=digest, sent_at=now)
    message.passed_at = now
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError:
        raise Stale("This round already has its answer.") from None
    if kind == Kind.ANSWER:
        turn.answered_at = now
        turn.save(update_fields=["answered_at"])
    if to:
        moves.move(question, to, by=by, now=now)
    _tell(question, kind, now)
    return message


def _tell(question: Question, kind: str, now: datetime) -> None:
    """A row for the mailer, only where the asker left an address."""
    if Contact.objects.filter(question=question, paused_at=None).exists():
        notice = NOTICES.get(Kind(kind), "answer-ready")
        key = f"{notice}:{question.pk}:{question.round_number}" + ("" if kind == Kind.ANSWER else f":{kind}")
        refs = {"subject": question.subject, "round": question.round_number}
        outbox.put(notice, key=key, refs=refs, now=now)


def may_pause(question: Question) -> bool:
    """Whether a clarifying question may stop this round's clock: once, and only where an answer can be announced."""
    return question.round.paused_at is None and Contact.objects.filter(question=question, paused_at=None).exists()


@transaction.atomic
def pause(question: Question, *, text: str, digest: bytes, by: Actor, now: datetime) -> Message:
    """Send an approved clarifying question and wait for the asker. Raises Refused, Stale."""
    if not may_pause(question):
        raise Refused("This asker left no e-mail, or was asked before: put the question inside the answer.")
    turn = question.round
    turn.paused_at = now
    turn.save(update_fields=["paused_at"])
    return deliver(question, kind=Kind.CLARIFICATION, text=text, digest=digest, to=states.PENDING_ASKER, by=by, now=now)
