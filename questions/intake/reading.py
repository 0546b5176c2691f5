"""What an asker sees on the question's page; partners' pages show the same."""

import json
from dataclasses import dataclass
from datetime import datetime

from askpeer import calendars
from questions import states
from questions.intake import following, replying, sentences
from questions.models import Message, Question

Kind = Message.Kind
KINDS = Kind.values
VOICES = {Kind.ANSWER: "advisor", Kind.CLARIFICATION: "advisor", Kind.HOLDING: "us", Kind.REDIRECT: "us"}


@dataclass(frozen=True)
class Said:
    """One text of the thread. voice is asker, advisor or us; html is there for ours, rendered when it was approved."""

    kind: str
    voice: str
    text: str
    html: str
    at: datetime
    round_number: int
    cards: list[str]
    timeline: list[str]


@dataclass(frozen=True)
class Thread:
    """A question as its asker reads it. answer is the newest there is, also while a follow-up waits for its own."""

    status: str
    status_text: str
    promised_at: datetime
    due_at: datetime
    late: bool
    redated_at: datetime | None
    messages: list[Said]
    answer: Said | None
    clarification: Said | None
    follow_ups_left: int
    may_follow_up: bool


def thread(question: Question, *, now: datetime) -> Thread:
    """Open everything said so far. Raises askpeer.errors.Erased when the question is gone."""
    calendar, turn = calendars.current(), question.round
    messages = [_said(message) for message in _messages(question)]
    asked = [said for said in messages if said.kind == Kind.CLARIFICATION]
    answers = [said for said in messages if said.kind == Kind.ANSWER]
    left = following.left(question)
    return Thread(
        status=question.status,
        status_text=sentences.status_text(question, now=now, calendar=calendar),
        promised_at=turn.promised_at,
        due_at=turn.due_at,
        late=sentences.is_late(question, now=now, calendar=calendar),
        redated_at=turn.redated_at,
        messages=messages,
        answer=answers[-1] if answers else None,
        clarification=asked[-1] if asked and replying.waits(question) else None,
        follow_ups_left=left,
        may_follow_up=question.status == states.ANSWERED and left > 0,
    )


def _messages(question: Question) -> list[Message]:
    found = list(Message.objects.filter(round__question=question).select_related("round"))
    for message in found:
        message.round.question = question
    return sorted(found, key=lambda message: (message.round.number, message.sent_at, KINDS.index(message.kind)))


def _said(message: Message) -> Said:
    extras = json.loads(message.extras) if message.extras else {}
    return Said(
        kind=message.kind,
        voice=VOICES.get(Kind(message.kind), "asker"),
        text=message.text,
        html=message.html or "",
        at=message.sent_at,
        round_number=message.round.number,
        cards=extras.get("cards", []),
        timeline=extras.get("timeline", []),
    )
