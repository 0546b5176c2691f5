"""Who may do what. check_x raises Refused with a sentence, may_x answers a template."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from advisors.models import AGREEMENT, Person, Role
from askpeer.errors import Refused
from questions import holding, states
from questions.models import LockedNote, Question
from questions.moves import Actor

REVIEWERS = frozenset({Role.SUPERVISOR, Role.LEAD})
REVIEWERS_ONLY = "Only a supervisor or the safeguarding lead can do this."
HANDLERS = REVIEWERS | {Role.TRUSTEE}  # who may have to do about a question before it is answered
SAFEGUARDING = frozenset({Role.LEAD, Role.TRUSTEE})  # who reads about colleagues
LAST = {
    Role.LEAD: "This is the only safeguarding lead, who alone reads about colleagues.",
    Role.TRUSTEE: "This is the only trustee, who alone reads about the safeguarding lead.",
}
WRITERS = frozenset({Role.ADVISOR, Role.SUPERVISOR, Role.LEAD})


def advisor(person: Person) -> Actor:
    """The person acting as the one who writes."""
    return Actor(states.ADVISOR, person.name)


def supervisor(person: Person) -> Actor:
    """The person acting as the one who checks."""
    return Actor(states.SUPERVISOR, person.name)


def may_review(person: Person) -> bool:
    return person.is_active and person.role in REVIEWERS and not why_not_ready(person)


def check_review(person: Person) -> None:
    if not person.is_active or person.role not in REVIEWERS:
        raise Refused(REVIEWERS_ONLY)
    _check_ready(person)


def check_manager(person: Person, refusal: str = "Only a manager can do this.") -> None:
    if not person.is_active or person.role != Role.MANAGER:
        raise Refused(refusal)


def may_handle(person: Person) -> bool:
    """Whether they read questions to check them: reviewers all but staff cases, a trustee only such."""
    return person.is_active and person.role in HANDLERS and not why_not_ready(person)


def check_handle(person: Person) -> None:
    if not person.is_active or person.role not in HANDLERS:
        raise Refused(REVIEWERS_ONLY)
    _check_ready(person)


def _check_ready(person: Person) -> None:
    if reason := why_not_ready(person):
        raise Refused(reason)


def why_not_ready(person: Person, *, now: datetime | None = None) -> str:
    """What somebody still lacks before children's words open to them, or "": their agreement, and their checks; of a
    trustee the checks alone. now: whether the checks ran out is asked too, as access.staff() does for every page.
    """
    if person.role != Role.TRUSTEE and (reason := _why_not_agreed(person)):
        return reason
    return _why_not_checked(person, now)


def is_kept_out(person: Person, *, now: datetime) -> bool:
    """Whether their own pages are closed to somebody whose role would read questions: mail tells them of nothing."""
    return person.role in HANDLERS and bool(why_not_ready(person, now=now))


def may_see(person: Person, question: Question) -> bool:
    """Whether a supervisor, lead or trustee may open this question at all.

    Cases about staff are the lead's alone, and those about the lead a trustee's. A trustee also reads one that no lead
    may read any more, and one where a lead's own words wait for a second person.
    """
    if question.status == states.WITHDRAWN or question.recusals.filter(person=person).exists():
        return False
    if not person.is_active or person.role not in readers_of(question) or why_not_ready(person):
        return False
    return person.role != Role.TRUSTEE or for_a_trustee(question)


def readers_of(question: Question) -> frozenset[Role]:
    """The roles that read this question to check it; of a case about staff a trustee only as for_a_trustee() has it."""
    if question.about_lead:
        return frozenset({Role.TRUSTEE})
    return SAFEGUARDING if question.about_staff else REVIEWERS


def for_a_trustee(question: Question) -> bool:
    """Whether this staff case is a trustee's to read: it is about the lead, no lead is left for it, or own words of a
    lead or trustee wait.

    seeing.visible() has the same for rows, locking.readable() all but the words for notes.
    """
    if question.about_lead:
        return True
    leads = Person.objects.filter(role=Role.LEAD, is_active=True)
    if not leads.exclude(pk__in=question.recusals.values("person")).exists():
        return True
    return question.rounds.filter(own_words__ended_at=None, own_words__writer__role__in=SAFEGUARDING).exists()


def others_who_see(question: Question, *, than: Person) -> QuerySet[Person]:
    """Who else may open this question, or may once this person cannot or they are ready, as may_see() has it."""
    kept_from = Exists(question.recusals.filter(person=OuterRef("pk")))
    return Person.objects.filter(~kept_from, is_active=True, role__in=readers_of(question)).exclude(pk=than.pk)


def check_is_not_the_last(person: Person) -> None:
    """Raise Refused where this is the only lead, who reads about colleagues, or the only trustee, who reads about the
    lead; whether or not there is such a case, which would tell of it.

    All readers are locked until the transaction ends: of two who go at once, one finds themselves the last.
    """
    lock_readers(person)
    if refusal := why_last(person):
        raise Refused(refusal)


def why_last(person: Person) -> str:
    """What check_is_not_the_last() would refuse with now, or "". No lock: a page says it before anybody presses."""
    others = Person.objects.filter(role=person.role, is_active=True).exclude(pk=person.pk)
    if person.role not in SAFEGUARDING or others.exists():
        return ""
    return f"{LAST[Role(person.role)]} Add a second first."


def check_was_no_lead(person: Person, *, becomes: str) -> None:
    """Raise Refused where somebody who is or was the lead would be a trustee, who reads what is about the lead."""
    if becomes == Role.TRUSTEE and person.has_led:
        raise Refused(
            "Trustees read what is about the safeguarding lead, so nobody who is or was one can be a trustee."
        )


def lock_readers(*also: Person, and_managers: bool = False) -> None:
    """Hold whoever reads about colleagues, and these, in one order and before any question; every manager where asked.

    Whoever leaves, changes their role or is kept from a case goes by here, so that one after the other sees who is
    left to read it.
    """
    held = SAFEGUARDING | {Role.MANAGER} if and_managers else SAFEGUARDING
    people = Q(role__in=held, is_active=True) | Q(pk__in=[person.pk for person in also])
    list(Person.objects.select_for_update(no_key=True).filter(people).order_by("pk").values_list("pk"))


def check_cases_keep_a_reader(person: Person, *, becomes: str = "") -> None:
    """Raise Refused where a case about a colleague could be read by nobody once this person cannot: they leave, or get
    the role that they become. 3 SQL.
    """
    if person.role not in SAFEGUARDING:
        return
    rows = Person.objects.filter(role__in=SAFEGUARDING, is_active=True).values_list("pk", "role")
    before = {str(pk): role for pk, role in rows}
    after = before | {str(person.pk): becomes}
    for about_lead, kept in _kept_from_cases():
        if _readers(before, about_lead) - kept and not _readers(after, about_lead) - kept:
            raise Refused(
                "There is a case about a colleague that nobody else here may read then. Add another safeguarding lead "
                "or a trustee first."
            )


def _readers(role_of: dict[str, str], about_lead: bool) -> set[str]:
    readers = {Role.TRUSTEE} if about_lead else SAFEGUARDING
    return {pk for pk, role in role_of.items() if role in readers}


def _kept_from_cases() -> Iterable[tuple[bool, set[str]]]:
    """Of each case about staff that is not over whether it is about the lead, and the ids of whom it is kept from."""
    kept: dict[tuple[bool, UUID], set[str]] = defaultdict(set)
    open_cases = Question.objects.filter(about_staff=True).exclude(status=states.WITHDRAWN)
    for question, about_lead, person in open_cases.values_list("pk", "about_lead", "recusals__person"):
        kept[about_lead, question].add(str(person))
    notes = LockedNote.objects.filter(about__about_staff=True)
    for question, about_lead, people in notes.values_list("about", "about__about_lead", "kept_from"):
        kept[about_lead, question].update(people)
    return ((about_lead, people) for (about_lead, _), people in kept.items())


def check_see(person: Person, question: Question) -> None:
    if not may_see(person, question):
        raise Refused("You cannot open this question.")


def may_write(person: Person, *, now: datetime) -> bool:
    return person.is_active and person.role in WRITERS and not why_not_write(person, now=now)


def why_not_write(person: Person, *, now: datetime) -> str:
    """The sentence that keeps this person from claiming, or ""."""
    if person.role not in WRITERS:
        return "Your role does not answer questions."
    if person.leaving_on and person.leaving_on <= holding.today(now):
        return "You said that you are leaving, so take nothing new. Finish what you hold, or hand it back. Thank you."
    if person.role != Role.ADVISOR:
        return why_not_ready(person, now=now)
    if person.trained_until is None:
        return "Your training comes first. You can answer once all three tracks are passed."
    if person.trained_until < holding.today(now):
        return "Your training has run out. Talk to your supervisor about renewing it."
    return why_too_young(person, now=now) or _why_not_welcome_yet(person, now)


def _why_not_welcome_yet(person: Person, now: datetime) -> str:
    """The sentence for what a newcomer, or somebody whose checks are due again, still lacks, or ""."""
    if reason := _why_not_agreed(person):
        return reason
    if person.is_under_18(now):
        return "" if person.buddy_id else "Your manager still has to find you a buddy."
    return _why_not_checked(person, now)


def why_not_in_the_room(person: Person, *, now: datetime) -> str:
    """The sentence that keeps a newcomer from the team's room until they and, under 16, a guardian agreed, or ""."""
    if person.role == Role.MANAGER:
        return ""
    return why_too_young(person, now=now) or _why_not_agreed(person)


def _why_not_agreed(person: Person) -> str:
    if person.agreed_on is None:
        return "Read how we work here and agree to it first. It takes five minutes."
    if person.agreed_to != AGREEMENT:
        return "How we work here has changed. Read it and agree to it again. It takes five minutes."
    return ""


def _why_not_checked(person: Person, now: datetime | None) -> str:
    if person.vetted_on is None:
        return "Your checks are not recorded yet. Talk to your manager."
    if now and person.vetted_until and person.vetted_until < holding.today(now):
        return "Your checks are due again. Talk to your manager."
    return ""


def why_too_young(person: Person, *, now: datetime) -> str:
    """The sentence that keeps an advisor from every question, also from one in hand, or ""."""
    if person.role != Role.ADVISOR:
        return ""
    age = person.age_on(holding.today(now))
    if age is None or age < 15:
        return "Advisors are 15 or older."
    if age < 16 and person.guardian_consent_on is None:
        return "We don't have your guardian's yes. Talk to your manager."
    return ""


def check_write(person: Person, *, now: datetime) -> None:
    if reason := why_not_write(person, now=now):
        raise Refused(reason)


def check_holds(person: Person, question: Question) -> None:
    """Refuse unless this person holds the question now."""
    if question.holder_id != person.pk:
        raise Refused("You no longer hold this question.")
