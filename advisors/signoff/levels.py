"""A person's change of a risk level: raised freely, lowered with a reason and by nobody who has a part in the answer.

An advisor under 18 keeps green alone.
"""

from datetime import datetime, timedelta

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming
from advisors.models import Person
from advisors.signoff import seeing
from advisors.signoff.models import Approval, LevelChange
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import moves, states
from questions.intake import risk
from questions.models import Feedback, Message, Question, SafetyReport

REASON = 500  # characters
UNDO = timedelta(minutes=10)
UNDONE = "Undone"


@transaction.atomic
def raise_level(*, question: Question, level: str, reason: str, by: Person, now: datetime) -> LevelChange:
    """Raise a level; the reason may be empty. Red alerts whoever is on duty. Raises Refused, Stale."""
    if _rank(level) <= _rank(question.level):
        raise Refused(f"This question is already {question.level}. Choose a higher level.")
    change = _change(question, level, reason, by, now)
    if level == states.RED:
        risk.alert(question, now=now)
    return change


@transaction.atomic
def lower_level(*, question: Question, level: str, reason: str, by: Person, now: datetime) -> LevelChange:
    """Lower a level, with the reason that is kept. Raises Refused, Stale."""
    if _rank(level) >= _rank(question.level):
        raise Refused(f"This question is {question.level}. Choose a lower level.")
    if not reason.strip():
        raise Refused("Say why the level can be lowered.")
    return _change(question, level, reason, by, now)


@transaction.atomic
def undo(*, question: Question, by: Person, now: datetime) -> LevelChange:
    """Set back the level before one's own last change: for ten minutes, while nothing happened since.

    Raises Refused, Stale.
    """
    by = seeing.acting(by, question)
    moves.lock(question)
    last = _last(question)
    if last is None or last.by_id != by.pk or now - last.at > UNDO:
        raise Refused("You can undo your own change of a level for ten minutes.")
    if _happened_since(last, question):
        raise Stale("Something happened to this question since. Choose the level again.")
    change = _change(question, last.was, UNDONE if _rank(last.was) < _rank(last.level) else "", by, now)
    if last.was == states.RED:
        risk.alert(question, now=now)
    return change


def _last(question: Question) -> LevelChange | None:
    return LevelChange.objects.filter(round=question.round).order_by("-at", "-pk").first()


def _happened_since(last: LevelChange, question: Question) -> bool:
    """Words that came since may ask for the level themselves, and a move may have rested on it."""
    if question.level != last.level or question.entered_at > last.at:
        return True
    since = {"round__question": question, "sent_at__gt": last.at}
    said = Message.objects.filter(kind__in=Message.FROM_ASKER, **since)
    return any(rows.exists() for rows in (said, Feedback.objects.filter(**since), SafetyReport.objects.filter(**since)))


def _rank(level: str) -> int:
    if level not in states.LEVELS:
        raise Refused("Choose green, amber or red.")
    return states.LEVELS.index(level)


def _check_may_lower(question: Question, by: Person) -> None:
    """Raise Refused for who has a part in the answer: what its level asks for is not theirs alone to take away."""
    if question.holder_id == by.pk:
        raise Refused("You write the answer to this question, so somebody else decides whether its level is lowered.")
    if question.status != states.IN_REVIEW or question.level != states.RED:
        return
    waits = {"version__draft__round": question.round, "version__draft__submitted_at__isnull": False}
    if Approval.objects.filter(approver=by, voided_at=None, **waits).exists():
        raise Refused("You signed this answer while it was red, so somebody else decides whether that is lowered.")


def _change(question: Question, level: str, reason: str, by: Person, now: datetime) -> LevelChange:
    by = seeing.acting(by, question)
    seeing.lock(question)
    if _rank(level) < _rank(question.level):
        _check_may_lower(question, by)
    text = prose.canonical(reason)
    if len(text) > REASON:
        raise Refused(f"A reason can have {REASON} characters at most. This one has {len(text):,}.")
    change = LevelChange(round=question.round, was=question.level, level=level, reason=text, by=by, at=now)
    change.save()
    moves.set_alarm(question, now=now, changes={"level": level})
    claiming.let_go_if_too_heavy(question, by=roles.supervisor(by), now=now)
    facts = {"from": change.was, "to": level}
    history.record(subject=question.subject, kind="level", actor=by.name, now=now, facts=facts)
    return change
