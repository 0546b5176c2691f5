"""Whom somebody of ours can ring or write to while nobody has come to them: by their age, where the service is."""

from datetime import date, datetime

from advisors.models import Person
from askpeer.models import ServiceCalendar
from questions import holding
from questions.intake import helping

ADULT = "22-25"  # the oldest band there is; services for every age are among its own


def helpers(person: Person, *, now: datetime) -> list[helping.Helper]:
    """The crisis services that are awake now. 1 SQL and those of the directory."""
    return helping.services(nation=_nation(), age_band=age_band(person, holding.today(now)), now=now)


def age_band(person: Person, day: date) -> str:
    """Theirs on that day, by which services are chosen."""
    age = person.age_on(day)
    if age is None:
        return ADULT
    bands = (band for band, (first, last) in helping.AGES.items() if first <= age <= last)
    return next(bands, ADULT)


def _nation() -> str:
    row = ServiceCalendar.objects.first()
    if row is None:
        return ""
    return f"{row.country}-{row.subdivision}" if row.country and row.subdivision else row.home
