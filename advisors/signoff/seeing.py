"""Which questions a reviewer may see, and the lock that every decision about one is made under."""

from django.db.models import Exists, OuterRef, Q

from advisors import roles
from advisors.drafting.models import Recusal
from advisors.models import Person, Role
from advisors.signoff.models import OwnWords
from advisors.team import locking
from askpeer.errors import Refused, Stale
from questions import states
from questions.models import Question


def visible(person: Person, *, question: str = "") -> Q:
    """The condition that leaves only questions this reviewer may open; question is the way, e.g. "round__question"."""
    way = f"{question}__" if question else ""
    own = Recusal.objects.filter(person=person, question=OuterRef(f"{way}pk"))
    return ~Exists(own) & _of_their_role(person, way)


def _of_their_role(person: Person, way: str) -> Q:
    if person.role == Role.LEAD:
        return Q(**{f"{way}about_lead": False})
    if person.role != Role.TRUSTEE:
        return Q(**{f"{way}about_staff": False})
    # As roles.for_a_trustee() has it, for rows.
    recused = Recusal.objects.filter(person=OuterRef("pk"), question=OuterRef(OuterRef(f"{way}pk")))
    leads = Person.objects.filter(~Exists(recused), role=Role.LEAD, is_active=True)
    waiting = OwnWords.objects.filter(
        ended_at=None, writer__role__in=roles.SAFEGUARDING, round__question=OuterRef(f"{way}pk")
    )
    theirs = Q(**{f"{way}about_lead": True}) | ~Exists(leads) | Exists(waiting)
    return Q(**{f"{way}about_staff": True}) & theirs


def lock(question: Question) -> None:
    """Hold the question's row until the transaction ends. Raises Stale when it is not as the given row says.

    Two people who sign at once would each count one signature only; the second waits here and counts both.
    """
    rows = Question.objects.select_for_update().filter(pk=question.pk)
    fresh = rows.values_list("status", "version", "level", "holder_id").get()
    if fresh != (question.status, question.version, question.level, question.holder_id):
        raise Stale


def lock_review(question: Question) -> None:
    """The same for a question whose draft is in review. Raises Refused when it is not, Stale."""
    if question.status != states.IN_REVIEW:
        raise Refused("This draft is not in review any more.")
    lock(question)


def check_version(question: Question, version: int) -> None:
    """Raise Stale unless the page was made from the question as it is now."""
    if question.version != version:
        raise Stale


def acting(person: Person, question: Question) -> Person:
    """Whoever acts on this question, as they are now, held until the transaction ends; before the question is.

    Raises Refused as check() does: a page opened before somebody left, or was given another role, decides nothing.
    """
    fresh = locking.lock(person)
    check(fresh, question)
    return fresh


def check(person: Person, question: Question) -> None:
    """Raise Refused unless this person reads questions to check them and may see this one."""
    roles.check_handle(person)
    roles.check_see(person, question)
