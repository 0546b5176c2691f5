"""Triage: a supervisor reads what an asker sent before any advisor does, and says what happens with it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from advisors import roles
from advisors.drafting import claiming
from advisors.models import Person
from advisors.signoff import seeing, wordings
from advisors.signoff.listing import waiting
from advisors.signoff.models import Wording
from askpeer import details, history, prose
from askpeer.errors import Refused, Stale
from questions import answering, moves, states
from questions.models import Feedback, Message, Question, Topic

__all__ = ["hold", "pass_feedback", "pass_message", "pass_on", "redirect", "waiting"]

SUMMARY = 160  # characters
NOTES = 5
# A fixed list: the desk shows them beside every card, so they are kept plain, and nobody's own words belong there.
CONTENT_NOTES = (
    "suicidal thoughts",
    "self-harm",
    "eating and body",
    "sex",
    "sexual assault",
    "violence at home",
    "abuse",
    "bullying",
    "drink and drugs",
    "death of someone",
    "threats online",
)
Kind = Message.Kind


@transaction.atomic
def pass_on(
    *,
    question: Question,
    version: int,
    summary: str,
    content_notes: Iterable[str],
    by: Person,
    now: datetime,
    topic: Topic | None = None,
) -> None:
    """Let advisors have a new question: its text may be read, and the desk shows the one line.

    topic replaces the asker's; None keeps it. Raises Refused, Stale.
    """
    seeing.check(by, question)
    if question.about_staff:
        raise Refused("A case about someone who works here stays with the safeguarding lead.")
    seeing.check_version(question, version)
    line, notes = _summary(summary), _notes(content_notes)
    changes = {"content_notes": notes, "quarantined": False} | ({"topic": topic} if topic else {})
    moves.move(question, states.OPEN, by=roles.supervisor(by), now=now, changes=changes)
    question.summary = line
    question.save(update_fields=["summary"])
    _unpassed(question).update(passed_at=now)
    claiming.let_go_if_too_heavy(question, by=roles.supervisor(by), now=now)


def _summary(text: str) -> str:
    line = " ".join(prose.canonical(text).split())
    if not line:
        raise Refused("Write one line for the desk, so that an advisor can choose.")
    if len(line) > SUMMARY:
        raise Refused(f"The line for the desk can have {SUMMARY} characters at most. This one has {len(line):,}.")
    if details.find(line):
        raise Refused("Leave numbers, addresses and user names out of the line for the desk.")
    return line


def _notes(notes: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(notes))
    if not set(kept) <= set(CONTENT_NOTES):
        raise Refused("Choose the content notes from the list.")
    if len(kept) > NOTES:
        raise Refused(f"There can be {NOTES} content notes at most.")
    return kept


def _unpassed(question: Question) -> QuerySet[Message]:
    return Message.objects.filter(round=question.round, kind__in=Message.FROM_ASKER, passed_at=None)


@transaction.atomic
def pass_message(*, message: Message, by: Person, now: datetime) -> None:
    """Let the advisor read a reply. Raises Refused, Stale when somebody already did."""
    question = message.round.question
    seeing.check(by, question)
    if not message.is_from_asker or question.status == states.NEW:
        raise Refused("Pass on the question itself: its text goes with it.")
    # The words may have raised the level when they came.
    claiming.let_go_if_too_heavy(question, by=roles.supervisor(by), now=now)
    _pass(message, by, question, now)


@transaction.atomic
def pass_feedback(*, feedback: Feedback, by: Person, now: datetime) -> None:
    """Let the advisor read what the asker said of the answer, as the given row has it. Raises Refused, Stale.

    The asker may say it anew at any time: words that nobody has read are not passed on with the old ones.
    """
    question = feedback.round.question
    seeing.check(by, question)
    _pass(feedback, by, question, now)


def _pass(row: Message | Feedback, by: Person, question: Question, now: datetime) -> None:
    if not type(row).objects.filter(pk=row.pk, sent_at=row.sent_at, passed_at=None).update(passed_at=now):
        raise Stale("Someone else has already passed this on.")
    row.passed_at = now
    history.record(subject=question.subject, kind="passed", actor=by.name, now=now)


@transaction.atomic
def redirect(*, question: Question, version: int, code: str, by: Person, now: datetime) -> Message:
    """End this round with a sentence that two people approved, for a coded reason. Raises Refused, Stale."""
    seeing.check(by, question)
    seeing.check_version(question, version)
    wording = wordings.choose(Wording.Kind.REDIRECT, code, language=question.language)
    message = _deliver(question, Kind.REDIRECT, wording, by=by, now=now, to=states.REDIRECTED)
    claiming.close(question, at=now)
    return message


@transaction.atomic
def hold(*, question: Question, code: str, by: Person, now: datetime) -> Message:
    """Send a red asker a first sentence while the answer is written; the status stays. Once a round.

    Raises Refused, Stale when the round has its holding reply.
    """
    seeing.check(by, question)
    if question.level != states.RED or question.status not in states.UNFINISHED:
        raise Refused("A holding reply is for a red question that waits for its answer.")
    seeing.lock(question)
    if question.round.messages.filter(kind=Kind.HOLDING).exists():
        raise Stale("A holding reply has already been sent.")
    wording = wordings.choose(Wording.Kind.HOLDING, code, language=question.language)
    return _deliver(question, Kind.HOLDING, wording, by=by, now=now, to=None)


def _deliver(question: Question, kind: str, wording: Wording, *, by: Person, now: datetime, to: str | None) -> Message:
    text = prose.canonical(wording.text)
    digest = prose.digest(text, key=question.key())
    message = answering.deliver(question, kind=kind, text=text, digest=digest, to=to, by=roles.supervisor(by), now=now)
    facts = {"code": wording.code, "wording": wording.pk}
    history.record(subject=question.subject, kind=kind, actor=by.name, now=now, facts=facts)
    return message
