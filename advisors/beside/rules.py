"""Who may be at a draft that is being written: whoever writes it, and the reviewers who may see the question."""

from datetime import datetime

from advisors import roles
from advisors.beside import going_on
from advisors.drafting import fitting
from advisors.models import Person
from advisors.signoff import seeing
from askpeer.errors import Erased, Refused
from questions import states
from questions.models import Question

NOT_WRITTEN = "Nobody is writing this answer right now."
SENT = "This draft is being checked now, so nobody writes beside it."
YOUR_OWN = "You are writing this one yourself. Somebody else can sit beside you."
CLOSED_TONIGHT = "It's late. This opens again at 7 tomorrow morning."


def lock(question: Question) -> Question:
    """The question as it is now, held until the transaction ends. Raises Erased."""
    fresh = Question.objects.select_for_update().get(pk=question.pk)
    _check_is_there(fresh)
    return fresh


def _check_is_there(question: Question) -> None:
    if question.status == states.WITHDRAWN:
        raise Erased


def why_not_written(question: Question) -> str:
    """The sentence for a draft that nobody writes now, or ""."""
    if question.status == states.IN_REVIEW:
        return SENT
    return "" if going_on.is_written(question) else NOT_WRITTEN


def check_is_written(question: Question) -> None:
    """Raise Refused unless somebody writes this answer now."""
    if reason := why_not_written(question):
        raise Refused(reason)


def check_writes(person: Person, question: Question, *, now: datetime) -> None:
    """Raise Refused unless this person is the one who writes it, at an hour at which they may."""
    _check_is_there(question)
    roles.check_holds(person, question)
    check_is_written(question)
    if fitting.curfew(person, now) == "locked":
        raise Refused(CLOSED_TONIGHT)


def check_watches(person: Person, question: Question) -> None:
    """Raise Refused for whoever is no reviewer, or writes this answer: the reviewers' page is about somebody else."""
    roles.check_review(person)
    _check_is_there(question)
    if question.holder_id == person.pk and going_on.is_written(question):
        raise Refused(YOUR_OWN)


def check_looks(person: Person, question: Question, *, now: datetime) -> None:
    """Raise Refused unless this person writes it, or is a reviewer who may see it while it is being written."""
    if question.holder_id == person.pk or not roles.may_review(person):
        check_writes(person, question, now=now)
    else:
        seeing.check(person, question)
        check_is_written(question)


def why_not_sit(person: Person, question: Question) -> str:
    """The sentence that keeps a reviewer who may see this question from sitting down beside its advisor, or ""."""
    if question.holder_id == person.pk:
        return YOUR_OWN
    return fitting.not_in_their_language(person, question)
