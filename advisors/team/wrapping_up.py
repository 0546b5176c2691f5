"""The end of a turn: how long it was and, where they say so, how somebody leaves it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from advisors.models import Person
from advisors.team.checking_in import Mood
from advisors.team.locking import lock
from advisors.team.models import WrapUp
from askpeer.errors import Refused

A_DAY = 24 * 60  # minutes
WEEK = timedelta(days=7)
PRESSED_TWICE = timedelta(minutes=1)


@transaction.atomic
def wrap_up(*, person: Person, hours: int, minutes: int, mood: str = "", now: datetime) -> WrapUp:
    """Write a turn down; the same one within a minute is a button pressed twice. Raises Refused.

    Of who left in this moment the hours are kept, and not how they were.
    """
    length = hours * 60 + minutes
    if not 0 <= length <= A_DAY:
        raise Refused("A turn is between no time at all and 24 hours.")
    if mood and mood not in Mood.values:
        raise Refused("Choose one of the three, or none.")
    person = lock(person)
    twice = person.wrap_ups.filter(minutes=length, at__gt=now - PRESSED_TWICE).first()
    felt = mood if mood and person.is_active else None
    return twice or WrapUp.objects.create(person=person, minutes=length, mood=felt, at=now)


def minutes_of_the_week(person: Person, *, now: datetime) -> int:
    """What this person gave in the last seven days. 1 SQL."""
    return person.wrap_ups.filter(at__gt=now - WEEK, at__lte=now).aggregate(given=Sum("minutes"))["given"] or 0


def said(minutes: int) -> str:
    """1 hour 20 minutes"""
    hours, rest = divmod(minutes, 60)
    parts = [_count(hours, "hour")] if hours else []
    return " ".join([*parts, _count(rest, "minute")] if rest or not hours else parts)


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
