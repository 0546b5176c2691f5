"""How somebody is today: theirs alone, sealed, gone after 90 days. A hard day takes heavy cards off their desk."""

from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from advisors.models import Person
from advisors.team.locking import lock
from advisors.team.models import CheckIn, WrapUp
from askpeer import calendars
from askpeer.errors import Refused
from questions import holding

Mood = CheckIn.Mood
CHOICES = [(Mood.GOOD.value, "Good"), (Mood.FINE.value, "Fine"), (Mood.HARD.value, "It's a hard day")]


class Latest(NamedTuple):
    """What somebody said today, "" before they did, and when they checked in on an earlier day, if ever."""

    mood: str
    before: datetime | None


@transaction.atomic
def check_in(*, person: Person, mood: str, now: datetime) -> CheckIn:
    """Say how one is today, once more where it has changed. Raises Refused.

    Leaves nothing in the trail, which is kept for good.
    """
    if mood not in Mood.values:
        raise Refused("Choose one of the three.")
    day, person = today(now), lock(person)
    if not person.is_active:
        raise Refused("This account is closed.")
    row = CheckIn.objects.filter(person=person, day=day).first() or CheckIn(day=day)
    row.person, row.mood, row.at = person, mood, now
    row.save()
    return row


def latest(person: Person, *, now: datetime) -> Latest:
    """Today's check-in and the one before. 1 SQL."""
    day = today(now)
    rows = list(person.check_ins.filter(day__lte=day).order_by("-day")[:2])
    for row in rows:
        row.person = person
    mood = rows[0].mood if rows and rows[0].day == day else ""
    return Latest(mood, next((row.at for row in rows if row.day < day), None))


def mood_today(person: Person, *, now: datetime) -> str:
    """good, fine or hard; "" where they have not said. 1 SQL."""
    return latest(person, now=now).mood


def today(now: datetime) -> date:
    """The day on the service's own clock."""
    return calendars.current().local(now).date()


def purge(*, now: datetime) -> int:
    """Forget how people were longer ago than settings say, the hours they gave kept; return how many rows that were.

    It must not depend on the service's having hours.
    """
    told = WrapUp.objects.filter(at__lt=now - settings.CHECK_INS_KEPT, mood__isnull=False).update(mood=None)
    return told + CheckIn.objects.filter(day__lt=holding.today(now) - settings.CHECK_INS_KEPT).delete()[0]
