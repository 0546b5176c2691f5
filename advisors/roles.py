"""Who may do what. check_x raises Refused with a sentence, may_x answers a template."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from advisors.models import Person, Role
from askpeer.errors import Refused
from questions import states
from questions.models import Question
from questions.moves import Actor

REVIEWERS = frozenset({Role.SUPERVISOR, Role.LEAD})
WRITERS = frozenset({Role.ADVISOR, Role.SUPERVISOR, Role.LEAD})


def advisor(person: Person) -> Actor:
    """The person acting as the one who writes."""
    return Actor(states.ADVISOR, person.name)


def supervisor(person: Person) -> Actor:
    """The person acting as the one who checks."""
    return Actor(states.SUPERVISOR, person.name)


def may_review(person: Person) -> bool:
    return person.is_active and person.role in REVIEWERS


def check_review(person: Person) -> None:
    if not may_review(person):
        raise Refused("Only a supervisor or the safeguarding lead can do this.")


def may_see(person: Person, question: Question) -> bool:
    """Whether a supervisor or lead may open this question at all. Cases about staff are the lead's alone."""
    if question.status == states.WITHDRAWN or question.recusals.filter(person=person).exists():
        return False
    return person.role == Role.LEAD if question.about_staff else may_review(person)


def others_who_see(question: Question, *, than: Person) -> QuerySet[Person]:
    """Who else may open this question, as may_see() has it."""
    readers = [Role.LEAD] if question.about_staff else REVIEWERS
    kept_from = Exists(question.recusals.filter(person=OuterRef("pk")))
    return Person.objects.filter(~kept_from, is_active=True, role__in=readers).exclude(pk=than.pk)


def check_is_not_the_last_lead(person: Person) -> None:
    """Raise Refused where nobody else could read a question about a colleague once this person cannot.

    All leads are locked until the transaction ends: of two who go at once, one finds themselves the last.
    """
    leads = Person.objects.select_for_update(no_key=True).filter(role=Role.LEAD, is_active=True).order_by("pk")
    if person.role == Role.LEAD and {lead.pk for lead in leads} <= {person.pk}:
        raise Refused("This is the only safeguarding lead, who alone reads about colleagues. Add a second first.")


def check_see(person: Person, question: Question) -> None:
    if not may_see(person, question):
        raise Refused("You cannot open this question.")


def may_write(person: Person, *, now: datetime) -> bool:
    return person.is_active and person.role in WRITERS and not why_not_write(person, now=now)


def why_not_write(person: Person, *, now: datetime) -> str:
    """The sentence that keeps this person from claiming, or ""."""
    if person.role not in WRITERS:
        return "Your role does not answer questions."
    if person.role != Role.ADVISOR:
        return ""
    if person.trained_until is None or person.trained_until < now.date():
        return "Your training has run out. Talk to your supervisor about renewing it."
    age = person.age_on(now.date())
    if age is None or age < 15:
        return "Advisors are 15 or older."
    if age < 16 and person.guardian_consent_on is None:
        return "We still need your guardian's consent. Talk to your supervisor."
    return ""


def check_write(person: Person, *, now: datetime) -> None:
    if reason := why_not_write(person, now=now):
        raise Refused(reason)


def check_holds(person: Person, question: Question) -> None:
    """Refuse unless this person holds the question now."""
    if question.holder_id != person.pk:
        raise Refused("You no longer hold this question.")
