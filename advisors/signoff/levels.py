"""A person's change of a risk level: raised freely, lowered with a reason. An advisor under 18 keeps green alone."""

from datetime import datetime

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming
from advisors.models import Person
from advisors.signoff import seeing
from advisors.signoff.models import LevelChange
from askpeer import history, prose
from askpeer.errors import Refused
from questions import moves, states
from questions.intake import risk
from questions.models import Question

REASON = 500  # characters


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


def _rank(level: str) -> int:
    if level not in states.LEVELS:
        raise Refused("Choose green, amber or red.")
    return states.LEVELS.index(level)


def _change(question: Question, level: str, reason: str, by: Person, now: datetime) -> LevelChange:
    seeing.check(by, question)
    seeing.lock(question)
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
