"""Off-boarding: everything a person holds is let go and every way in is shut, in one transaction."""

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from advisors import roles
from advisors.beside.models import AskedBeside, Presence, Sitting
from advisors.drafting import claiming, unsent, unsigning
from advisors.duty.models import Absence, OnDuty, Shift
from advisors.managing import languages
from advisors.models import Person, Role
from advisors.safeguarding.models import BrokenGlass
from advisors.signoff.models import Approval, Reviewing
from advisors.team.models import SupportCall
from askpeer import history
from askpeer.errors import Refused, Stale
from questions import holding
from questions.intake.models import OnCall
from questions.models import Question


@transaction.atomic
def leave(*, person: Person, by: Person, now: datetime) -> int:
    """End a person's work here; return how many questions they let go. Drafts stay for the next advisor.

    Signatures on answers not yet sent are voided. Raises Refused, Stale when they had already left.
    """
    if by.role != Role.MANAGER or not by.is_active:
        raise Refused("Only a manager can do this.")
    if person.pk == by.pk:
        raise Refused("Another manager has to do this for you.")
    roles.lock_readers(person, *Person.objects.filter(buddy=person))
    roles.check_is_not_the_last_lead(person)
    roles.check_cases_keep_a_reader(person)
    if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        raise Stale("This person has already left.")
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["password"])
    pending = Approval.objects.filter(approver=person, voided_at=None, version__draft__round__answered_at=None)
    _lock_questions(person, pending)
    released = claiming.release_all(person, now=now)
    unsigning.end_those_of(person, now=now)
    Reviewing.objects.filter(person=person).delete()
    _leave_the_rota(person, now)
    _leave_others(person, by, now)
    _end_sessions(person)
    history.record(subject=person.name, kind="left", actor=by.name, now=now, facts={"released": released})
    languages.settle(now=now)
    return released


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
    for turns in (Shift.objects.filter(person=person), OnCall.objects.filter(person=person)):
        turns.filter(starts_at__gte=now).delete()
        turns.filter(ends_at__gt=now).update(ends_at=now)
    Absence.objects.filter(person=person, first_day__gt=holding.today(now)).delete()


def _leave_others(person: Person, by: Person, now: datetime) -> None:
    """Nobody waits for them any more: beside a draft, as a buddy, behind broken glass, for their unread words.

    Their own open call for support is the manager's now, who is the one to talk to them.
    """
    Sitting.objects.filter(Q(advisor=person) | Q(supervisor=person), ended_at=None).update(ended_at=now)
    Presence.objects.filter(person=person).delete()
    AskedBeside.objects.filter(person=person).delete()
    Person.objects.filter(buddy=person).update(buddy=None)
    SupportCall.objects.filter(person=person, answered_at=None).update(answered_at=now, answered_by=by)
    BrokenGlass.objects.filter(person=person, shown_at=None, until__gt=now).update(until=now)
    unsent.end_of(person, by=by.name, now=now)


def _end_sessions(person: Person) -> None:
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
