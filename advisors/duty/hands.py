"""How many hands are there on each day, for the promise that new askers get: the floor below knows no people."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from advisors import roles
from advisors.duty.models import Absence
from advisors.models import Person, Role
from questions import holding
from questions.intake import kept
from questions.intake.models import Hands

BEHIND, AHEAD = 7, 100  # days; what was given lately is seen by who was there then
DAY = timedelta(days=1)


@transaction.atomic
def reckon(*, now: datetime) -> int:
    """Write down what share of advisors or of reviewers, whichever is less, is there on each day; return how many days.

    Where there are no advisors the reviewers write; where nobody checks, nothing can be promised.
    5 SQL, whatever there is.
    """
    today = holding.today(now)
    days = [today + n * DAY for n in range(-BEHIND, AHEAD + 1)]
    people = list(Person.objects.filter(is_active=True))
    reviewers = _ids(people, roles.may_review)
    writers = _ids(people, lambda one: one.role == Role.ADVISOR and roles.may_write(one, now=now)) or reviewers
    away = _away(days)
    rows = [Hands(day=day, share=min(_share(group, away[day]) for group in (writers, reviewers))) for day in days]
    Hands.objects.exclude(day__in=days).delete()
    Hands.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["share"])
    transaction.on_commit(kept.forget)
    return len(rows)


def _ids(people: Iterable[Person], counts: Callable[[Person], bool]) -> set[object]:
    return {person.pk for person in people if counts(person)}


def _away(days: list[date]) -> dict[date, set[object]]:
    """Whose absence covers each of these days."""
    rows = Absence.objects.filter(first_day__lte=days[-1], last_day__gte=days[0])
    spans = list(rows.values_list("person", "first_day", "last_day"))
    return {day: {person for person, first, last in spans if first <= day <= last} for day in days}


def _share(group: set[object], away: set[object]) -> float:
    return len(group - away) / len(group) if group else 0.0
