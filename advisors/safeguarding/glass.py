"""Break-glass: somebody has a reason to see what nobody sees. For fifteen minutes, once; a second person is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from advisors import roles
from advisors.drafting.models import Recusal
from advisors.duty import presence
from advisors.models import Person, Role
from advisors.safeguarding.models import BrokenGlass
from advisors.signoff import reading
from advisors.team.locking import lock
from askpeer import history, outbox, prose
from askpeer.errors import Erased, Refused
from questions import states
from questions.models import Contact, Question

REASON = 500  # characters
OPEN = timedelta(minutes=15)
What = BrokenGlass.What
NOBODY = "There is nobody else here who could be told, so this cannot be opened. Ask for a second lead or manager."


@transaction.atomic
def break_glass(*, question: Question, what: str, reason: str, by: Person, now: datetime) -> BrokenGlass:
    """Open what is asked for to this person, for a reason, and tell somebody else at once.

    The contact to a lead, or to a trustee of a case that is theirs, who may see the question; the question itself to a
    manager. One that is open and was not looked through yet is given again. Raises Refused, Erased.
    """
    text, by = _reason(reason), lock(by)
    question = Question.objects.select_for_update().get(pk=question.pk)
    _check(by, question, what)
    if glass := _open(question, what, by, now):
        return glass
    told = _second(question, by, now)
    if told is None:
        raise Refused(NOBODY)
    glass = BrokenGlass(about=question, what=what, person=by, reason=text, at=now, until=now + OPEN, told=told)
    glass.save()
    outbox.put("glass-broken", key=f"glass-broken:{glass.pk}", refs={"glass": str(glass.pk)}, now=now)
    _record(glass, "glass_broken", by, now)
    return glass


def _open(question: Question, what: str, by: Person, now: datetime) -> BrokenGlass | None:
    """The one that a button pressed twice has just broken."""
    rows = BrokenGlass.objects.filter(about=question, what=what, person=by, shown_at=None, until__gt=now)
    return rows.first()


@transaction.atomic
def show(*, glass: BrokenGlass, by: Person, now: datetime) -> str | list[reading.Said]:
    """The e-mail address, or everything said, this once. Raises Refused with what stands against it, Erased."""
    if glass.person_id != by.pk:
        raise Refused("Only the person who gave the reason can look.")
    by = lock(by)
    question = Question.objects.select_for_update().get(pk=glass.about_id)
    _check(by, question, glass.what)
    mine = BrokenGlass.objects.filter(pk=glass.pk, shown_at=None, at__lte=now, until__gt=now)
    # Of two windows that ask at once one is shown it.
    if not mine.update(shown_at=now):
        raise Refused(_why_not(BrokenGlass.objects.get(pk=glass.pk)))
    _record(glass, "glass_shown", by, now)
    return _contact(question).email if glass.what == What.CONTACT else reading.thread(question)


def _why_not(glass: BrokenGlass) -> str:
    if glass.shown_at:
        return "You have looked at this already. It is shown once: to look again, give a reason again."
    return "The fifteen minutes are over. To look at this, give a reason again."


def _reason(text: str) -> str:
    reason = prose.canonical(text)
    if not reason:
        raise Refused("Say why you need to see this.")
    if len(reason) > REASON:
        raise Refused(f"A reason can have {REASON} characters at most. This one has {len(reason):,}.")
    return reason


def _check(by: Person, question: Question, what: str) -> None:
    """Raise Refused unless this may be opened to this person, Erased when there is nothing any more."""
    if question.status == states.WITHDRAWN:
        raise Erased
    if what == What.CONTACT:
        if by.role not in roles.SAFEGUARDING:
            raise Refused("Only the safeguarding lead can ask for contact details.")
        roles.check_see(by, question)
        _contact(question)
    elif what != What.QUESTION or by.role != Role.MANAGER or not by.is_active:
        raise Refused("Only a manager asks to read a question this way.")
    elif question.about_staff or question.recusals.filter(person=by).exists():
        raise Refused("You cannot open this question.")


def _contact(question: Question) -> Contact:
    contact = Contact.objects.filter(question=question).first()
    if contact is None:
        raise Refused("They left no e-mail address.")
    return contact


def _second(question: Question, by: Person, now: datetime) -> Person | None:
    """The first who can be told and read of it; the first of all where nobody's pages are open."""
    first = None
    for person in _others(question, by, now):
        if not roles.is_kept_out(person, now=now):
            return person
        first = first or person
    return first


def _others(question: Question, by: Person, now: datetime) -> Iterator[Person]:
    """Who can be told, the first first: another lead, a deputy or supervisor on duty, a manager.

    Of a case about staff: another lead, a trustee, a manager; nobody who is or was lead of one about the lead.
    """
    kept_from = Exists(Recusal.objects.filter(question=question, person=OuterRef("pk")))
    people = Person.objects.filter(~kept_from, is_active=True).exclude(pk=by.pk).order_by("alias", "pk")
    if question.about_lead:
        people = people.filter(was_lead=False)
    else:
        yield from people.filter(role=Role.LEAD)
    yield from people.filter(role=Role.TRUSTEE) if question.about_staff else _on_duty(people, now)
    yield from people.filter(role=Role.MANAGER)


def _on_duty(people: QuerySet[Person], now: datetime) -> QuerySet[Person]:
    there = [person.pk for person in presence.on_now(now=now)]
    return people.filter(role=Role.SUPERVISOR, pk__in=there).order_by("-deputy", "alias", "pk")


def _record(glass: BrokenGlass, kind: str, by: Person, now: datetime) -> None:
    subject, facts = glass.about.subject, {"what": glass.what}
    history.record(subject=subject, kind=kind, actor=by.name, now=now, facts=facts)
