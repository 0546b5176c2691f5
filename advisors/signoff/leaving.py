"""Off-boarding: everything a person holds is let go and every way in is shut, in one transaction."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from advisors import inviting, roles, sessions
from advisors.beside.models import AskedBeside, Presence, Sitting
from advisors.drafting import claiming, unsent, unsigning
from advisors.duty import rota
from advisors.duty.models import Absence, OnDuty
from advisors.managing import languages
from advisors.models import Person, Role
from advisors.safeguarding.models import BrokenGlass
from advisors.signoff import clearing
from advisors.signoff.models import Approval, Reviewing
from advisors.team.models import SupportCall, Turn
from askpeer import history, ledger
from askpeer.errors import Refused, Stale
from questions import holding
from questions.models import Question

LEFT = "person:"  # in the ledger
ONESELF = "Another manager has to do this for you."


def why_not(*, person: Person, by: Person) -> str:
    """What leave() would refuse this manager, as far as a page says it before they press, or "".

    Whether a case about a colleague would be left without a reader is told by pressing alone: looked at for one
    person after the other, the pages would tell that there is such a case, and whom it is kept from.
    """
    return ONESELF if person.pk == by.pk else roles.why_last(person)


@transaction.atomic
def leave(*, person: Person, by: Person, now: datetime) -> int:
    """End a person's work here; return how many questions they let go. Drafts stay for the next advisor.

    Signatures on answers not yet sent are voided. What is theirs alone goes too, as clearing.clear() has it. Their own
    open call for support is the manager's, who is the one to talk to them. Raises Refused, also for a full ledger;
    Stale when they had already left.
    """
    if by.role != Role.MANAGER or not by.is_active:
        raise Refused("Only a manager can do this.")
    if person.pk == by.pk:
        raise Refused(ONESELF)
    roles.lock_readers(person, by, *Person.objects.filter(buddy=person))
    # Of two managers who end each other at once, the second finds that they are none any more.
    roles.check_manager(Person.objects.get(pk=by.pk))
    # Nor is somebody who became the only lead after the page was read let go as what they were.
    person.refresh_from_db()
    roles.check_is_not_the_last(person)
    roles.check_cases_keep_a_reader(person)
    if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        raise Stale("This person has already left.")
    SupportCall.objects.filter(person=person, answered_at=None).update(answered_at=now, answered_by=by)
    released = _shut_out(person, by=by.name, now=now)
    with ledger.refusing():
        ledger.record(person.name, now=now)
    return released


def _shut_out(person: Person, *, by: str, now: datetime) -> int:
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    pending = Approval.objects.filter(approver=person, voided_at=None, version__draft__round__answered_at=None)
    _lock_questions(person, pending)
    released = claiming.release_all(person, now=now)
    unsigning.end_those_of(person, now=now)
    Reviewing.objects.filter(person=person).delete()
    _leave_the_rota(person, now)
    _leave_others(person, by, now)
    sessions.end(person, now=now)
    inviting.end_those_of(person, now=now)
    clearing.clear(person)
    history.record(subject=person.name, kind="left", actor=by, now=now, facts={"released": released})
    languages.settle(now=now)
    return released


def back_again() -> QuerySet[Person]:
    """People who, the ledger says, have left and who could sign in: they came back from a backup."""
    return Person.objects.filter(pk__in=ledger.named(LEFT), is_active=True)


@transaction.atomic
def replay_ledger(*, now: datetime) -> int:
    """Shut the door again on whoever a backup brought back, as leave() does; return how many.

    Invitations end too, until a manager sends them again. Their own open call for support waits for a manager.
    """
    back = list(back_again().select_for_update())
    for person in back:
        _shut_out(person, by="service", now=now)
    inviting.end_open(now=now)
    return len(back)


def lost() -> list[str]:
    """The lines of who has left that the ledger lacks."""
    return [person.name for person in Person.objects.filter(is_active=False).exclude(pk__in=ledger.named(LEFT))]


def _lock_questions(person: Person, pending: QuerySet[Approval]) -> None:
    """Everything of theirs at once, in one order: two who leave together never wait for each other.

    A second signature that is just sending an answer counts the first or finds it void.
    """
    signed = Q(pk__in=pending.values("version__draft__round__question"))
    said = Q(pk__in=unsent.of(person))
    theirs = Question.objects.filter(signed | said | Q(holder=person) | Q(offered_to=person))
    list(theirs.order_by("pk").select_for_update().values_list("pk"))


def _leave_the_rota(person: Person, now: datetime) -> None:
    """What is ahead goes, what runs ends now; what was stays as it was."""
    OnDuty.objects.filter(person=person).delete()
    rota.end_turns(person, now=now)
    Absence.objects.filter(person=person, first_day__gt=holding.today(now)).delete()
    Turn.objects.filter(person=person, ends_at__gt=now).delete()


def _leave_others(person: Person, by: str, now: datetime) -> None:
    """Nobody waits for them any more: beside a draft, as a buddy, behind broken glass, for their unread words."""
    Sitting.objects.filter(Q(advisor=person) | Q(supervisor=person), ended_at=None).update(ended_at=now)
    Presence.objects.filter(person=person).delete()
    AskedBeside.objects.filter(person=person).delete()
    Person.objects.filter(buddy=person).update(buddy=None)
    BrokenGlass.objects.filter(person=person, shown_at=None, until__gt=now).update(until=now)
    unsent.end_of(person, by=by, now=now)
