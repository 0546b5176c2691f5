"""Whom an alert goes to: whoever is there by the rota, and nobody who is away while somebody else is left."""

from datetime import datetime, timedelta
from uuid import UUID

from advisors import roles
from advisors.duty import presence, rota
from advisors.models import Person, Role
from askpeer import calendars
from askpeer.hours import NoOpeningHours


def is_open(now: datetime) -> bool:
    """Whether the service is staffed now; never, where it has no hour ahead or no opening hours at all."""
    try:
        return calendars.current().is_open(now)
    except (NoOpeningHours, calendars.NoWindows):
        return False


def opens(now: datetime) -> datetime:
    """When the service is next staffed; tomorrow, where nobody can say."""
    try:
        return calendars.current().next_open(now)
    except (NoOpeningHours, calendars.NoWindows):
        return now + timedelta(days=1)


def on_hand(*, now: datetime) -> set[UUID]:
    """Who is on duty or on shift while we are open, who is on call while we are closed; nobody to whom no question
    opens. 2 SQL, 1 while closed.
    """
    is_staffed = is_open(now)
    there = [*presence.on_now(now=now), *rota.on_shift(now=now)] if is_staffed else rota.on_call(now=now)
    return {person.pk for person in there if not roles.why_not_ready(person, now=now)}


def away(*, now: datetime) -> set[UUID]:
    """Who is away today; nobody, where there is no calendar to say what day it is. 1 SQL."""
    try:
        today = rota.today(now)
    except calendars.NoWindows:
        return set()
    return {person.pk for person in rota.away(today)}


def ready(people: list[Person], *, now: datetime) -> list[Person]:
    """Of these to whom their pages open; all of them where that is nobody, so that a mail never goes nowhere. 0 SQL.

    The manager's Monday then says who is kept out of what.
    """
    return [person for person in people if not roles.is_kept_out(person, now=now)] or people


def for_red(people: list[Person], *, now: datetime) -> list[Person]:
    """Of those who may see it, whom a red alert goes to: who is on hand, and in open hours the leads as well.

    With nobody on hand it goes to all of them, as it does where everybody chosen is away.
    """
    people = ready(people, now=now)
    here, gone, also = on_hand(now=now), away(now=now), is_open(now)
    chosen = [person for person in people if person.pk in here or (also and person.role == Role.LEAD)]
    if not any(person.pk in here for person in people):
        chosen = people
    return _there(chosen, gone) or _there(people, gone) or chosen


def _there(people: list[Person], gone: set[UUID]) -> list[Person]:
    return [person for person in people if person.pk not in gone]
