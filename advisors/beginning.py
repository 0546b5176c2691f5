"""The first person of a new service: a manager, whom nobody is there to invite."""

from datetime import datetime

from django.db import transaction

from advisors import naming
from advisors.models import Person, Role
from askpeer import history
from askpeer.errors import Refused
from askpeer.models import ServiceCalendar

BEGUN = "There is a manager already. They invite everybody else, at /manage/invitations/."


@transaction.atomic
def begin(*, email: str, alias: str, now: datetime) -> Person:
    """Make the first manager, without a password: a link leads them to one (notices.password_link).

    Asked again with the same address before that link was used, the same person. Raises Refused.
    """
    # Two commands at once: the second waits here, and then finds the first one's manager.
    ServiceCalendar.objects.select_for_update(no_key=True).get()
    if managers := list(Person.objects.filter(role=Role.MANAGER, is_active=True)):
        return _the_one_without_a_password(managers, email.strip().lower())
    email = naming.clean_email(email)
    if Person.objects.filter(email__iexact=email).exists():
        raise Refused("There is already somebody with this address.")
    alias = naming.clean_alias(alias, now=now)
    person = Person.objects.create_user(email, None, alias=alias, role=Role.MANAGER, joined_at=now)
    history.record(subject=person.name, kind="joined", actor="service", now=now, facts={"role": person.role})
    return person


def _the_one_without_a_password(managers: list[Person], email: str) -> Person:
    if [manager.email for manager in managers] != [email] or managers[0].has_usable_password():
        raise Refused(BEGUN)
    return managers[0]
