"""Who may do what. check_x raises Refused with a sentence, may_x answers a template."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from advisors.models import Person, Role
from askpeer.errors import Refused
from questions import holding, states
from questions.models import LockedNote, Question
from questions.moves import Actor

REVIEWERS = frozenset({Role.SUPERVISOR, Role.LEAD})
REVIEWERS_ONLY = "Only a supervisor or the safeguarding lead can do this."
SAFEGUARDING = frozenset({Role.LEAD, Role.TRUSTEE})  # who reads about colleagues
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
        raise Refused(REVIEWERS_ONLY)


def may_handle(person: Person) -> bool:
    """Whether they read questions to check them: reviewers all but staff cases, a trustee only such."""
    return person.is_active and person.role in REVIEWERS | {Role.TRUSTEE}


def check_handle(person: Person) -> None:
    if not may_handle(person):
        raise Refused(REVIEWERS_ONLY)


def may_see(person: Person, question: Question) -> bool:
    """Whether a supervisor, lead or trustee may open this question at all.

    Cases about staff are the lead's alone. A trustee reads one that no lead may read, since it is about the lead, and
    one where a lead's own words wait for a second person.
    """
    if question.status == states.WITHDRAWN or question.recusals.filter(person=person).exists():
        return False
    if not question.about_staff:
        return may_review(person)
    if person.role == Role.TRUSTEE:
        return person.is_active and for_a_trustee(question)
    return person.is_active and person.role == Role.LEAD


def for_a_trustee(question: Question) -> bool:
    """Whether this staff case is a trustee's to read: no lead is left for it, or own words of a lead or trustee wait.

    seeing.visible() has the same for rows, locking.readable() the first half for notes.
    """
    leads = Person.objects.filter(role=Role.LEAD, is_active=True)
    if not leads.exclude(pk__in=question.recusals.values("person")).exists():
        return True
    return question.rounds.filter(own_words__ended_at=None, own_words__writer__role__in=SAFEGUARDING).exists()


def others_who_see(question: Question, *, than: Person) -> QuerySet[Person]:
    """Who else may open this question, or may once this person cannot, as may_see() has it."""
    readers = SAFEGUARDING if question.about_staff else REVIEWERS
    kept_from = Exists(question.recusals.filter(person=OuterRef("pk")))
    return Person.objects.filter(~kept_from, is_active=True, role__in=readers).exclude(pk=than.pk)


def check_is_not_the_last_lead(person: Person) -> None:
    """Raise Refused where nobody else could read a question about a colleague once this person cannot.

    All readers are locked until the transaction ends: of two who go at once, one finds themselves the last.
    """
    lock_readers(person)
    leads = Person.objects.filter(role=Role.LEAD, is_active=True)
    if person.role == Role.LEAD and not leads.exclude(pk=person.pk).exists():
        raise Refused("This is the only safeguarding lead, who alone reads about colleagues. Add a second first.")


def lock_readers(*also: Person) -> None:
    """Hold whoever reads about colleagues, and these, in one order and before any question.

    Whoever leaves, changes their role or is kept from a case goes by here, so that one after the other sees who is
    left to read it.
    """
    people = Q(role__in=SAFEGUARDING, is_active=True) | Q(pk__in=[person.pk for person in also])
    list(Person.objects.select_for_update(no_key=True).filter(people).order_by("pk").values_list("pk"))


def check_cases_keep_a_reader(person: Person) -> None:
    """Raise Refused where a case about a colleague could be read by nobody once this person cannot. 3 SQL."""
    if person.role not in SAFEGUARDING:
        return
    readers = Person.objects.filter(role__in=SAFEGUARDING, is_active=True).exclude(pk=person.pk)
    others = {str(pk) for pk in readers.values_list("pk", flat=True)}
    if any(others <= kept and str(person.pk) not in kept for kept in _kept_from_cases()):
        raise Refused(
            "There is a case about a colleague that nobody else here may read then. Add another safeguarding lead or "
            "a trustee first."
        )


def _kept_from_cases() -> Iterable[set[str]]:
    """Of each case about staff that is not over, the ids of whom it is kept from."""
    kept: dict[UUID, set[str]] = defaultdict(set)
    open_cases = Question.objects.filter(about_staff=True).exclude(status=states.WITHDRAWN)
    for question, person in open_cases.values_list("pk", "recusals__person"):
        kept[question].add(str(person))
    for question, people in LockedNote.objects.filter(about__about_staff=True).values_list("about", "kept_from"):
        kept[question].update(people)
    return kept.values()


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
    if person.trained_until is None or person.trained_until < holding.today(now):
        return "Your training has run out. Talk to your supervisor about renewing it."
    return why_too_young(person, now=now)


def why_too_young(person: Person, *, now: datetime) -> str:
    """The sentence that keeps an advisor from every question, also from one in hand, or ""."""
    if person.role != Role.ADVISOR:
        return ""
    age = person.age_on(holding.today(now))
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
