"""Off-boarding: everything a person holds is let go and every way in is shut, in one transaction."""

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from advisors import roles
from advisors.drafting import claiming
from advisors.managing import languages
from advisors.models import Person, Role
from advisors.signoff.models import Approval, Reviewing
from askpeer import history
from askpeer.errors import Refused, Stale
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
    roles.check_is_not_the_last_lead(person)
    if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        raise Stale("This person has already left.")
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["password"])
    pending = Approval.objects.filter(approver=person, voided_at=None, version__draft__submitted_at__isnull=False)
    _lock_questions(person, pending)
    released = claiming.release_all(person, now=now)
    pending.update(voided_at=now)
    Reviewing.objects.filter(person=person).delete()
    _end_sessions(person)
    history.record(subject=person.name, kind="left", actor=by.name, now=now, facts={"released": released})
    languages.settle(now=now)
    return released


def _lock_questions(person: Person, pending: QuerySet[Approval]) -> None:
    """Everything of theirs at once, in one order: two who leave together never wait for each other.

    A second signature that is just sending an answer counts the first or finds it void.
    """
    signed = Q(pk__in=pending.values("version__draft__round__question"))
    theirs = Question.objects.filter(signed | Q(holder=person) | Q(offered_to=person))
    list(theirs.order_by("pk").select_for_update().values_list("pk"))


def _end_sessions(person: Person) -> None:
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
