"""A last day, as somebody says it themselves. A manager ends the account; until then they can change their mind."""

from datetime import date, datetime

from django.db import transaction

from advisors import roles
from advisors.models import Person
from advisors.team.training import a_year_after
from askpeer import history
from askpeer.errors import Refused
from questions import holding


@transaction.atomic
def say(*, person: Person, day: date, now: datetime) -> None:
    """Say which day is the last, once more where it has changed. From that day on they take nothing new.

    Raises Refused.
    """
    today = holding.today(now)
    if person.role not in roles.WRITERS:
        raise Refused("Talk to another manager about leaving.")
    if not today <= day <= a_year_after(today):
        raise Refused("Choose a day from today on, within a year.")
    _keep(person, day, kind="leaving", facts={"on": day.isoformat()}, now=now)


@transaction.atomic
def take_back(*, person: Person, now: datetime) -> None:
    """Stay after all."""
    _keep(person, None, kind="stays", facts={}, now=now)


def _keep(person: Person, day: date | None, *, kind: str, facts: dict[str, str], now: datetime) -> None:
    # Pressed twice, it is written down once.
    rows = Person.objects.filter(pk=person.pk, is_active=True)
    changed = rows.exclude(leaving_on=day) if day else rows.exclude(leaving_on=None)
    if changed.update(leaving_on=day):
        history.record(subject=person.name, kind=kind, actor=person.name, now=now, facts=facts)
