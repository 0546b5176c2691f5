"""Newcomers: how their first answers were found, and who says that they write without company from now on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import mean
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from advisors import roles
from advisors.beside import probation
from advisors.beside.models import Sitting
from advisors.models import Person, Role
from advisors.signoff.models import Rubric
from advisors.team.locking import lock
from askpeer import history
from askpeer.errors import Refused, Stale
from questions import holding

TOLD_FOR = timedelta(days=7)
MOST = 100  # on the page
LEVELS = ("reaction", "interpretation", "exploration")
# Why somebody has company again. The trail keeps the code; nobody writes here how somebody is.
WHY = {
    "away": "They were away for a long time",
    "asked": "They asked for it",
    "changes": "Their answers need more changes than before",
    "rules": "How we answer has changed",
}


class Newcomer(NamedTuple):
    """Somebody on probation. marked: how many wordings have the whole rubric; means of 0 to 2 for each of LEVELS."""

    person: Person
    given: int
    marked: int
    means: list[tuple[str, str]]
    beside: list[str]
    why_not: str


@transaction.atomic
def lift(*, person: Person, by: Person, now: datetime) -> None:
    """Let an advisor write without company from now on. Raises Refused, Stale where somebody has done so."""
    roles.check_review(by)
    person = lock(person)
    if reason := why_not_lift(person, by):
        raise Refused(reason)
    rows = Person.objects.filter(pk=person.pk, probation_lifted_on=None)
    if not rows.update(probation_lifted_on=holding.today(now), probation_lifted_by=by):
        raise Stale(f"Somebody has lifted it already: {person.alias} writes without company.")
    history.record(subject=person.name, kind="probation_lifted", actor=by.name, now=now)


def why_not_lift(person: Person, by: Person) -> str:
    """The sentence that keeps this reviewer from lifting it, or ""."""
    if not person.is_active or person.role != Role.ADVISOR:
        return "Only an advisor who works here has a probation."
    if person.pk == by.pk:
        return "Somebody else has to say that you write without company."
    if person.answers_given >= probation.FIRST:
        return ""
    return f"{person.alias} has given {person.answers_given} of the first {probation.FIRST} answers."


@transaction.atomic
def put_back(*, person: Person, why: str, by: Person, now: datetime) -> None:
    """Have somebody beside an advisor's answers again, for one of the reasons of WHY. Raises Refused, Stale."""
    roles.check_review(by)
    person = lock(person)
    if why not in WHY:
        raise Refused("Choose one of the reasons.")
    if not person.is_active or person.role != Role.ADVISOR:
        raise Refused("Only an advisor who works here has a probation.")
    rows = Person.objects.filter(pk=person.pk).exclude(probation_lifted_on=None)
    if not rows.update(probation_lifted_on=None, probation_lifted_by=None):
        raise Stale(f"{person.alias} has company already.")
    history.record(subject=person.name, kind="probation_again", actor=by.name, now=now, facts={"why": why})


def alone() -> list[Person]:
    """The advisors whose probation was lifted, by alias. 1 SQL."""
    return list(_advisors().exclude(probation.those_on()).order_by("alias")[:MOST])


def newcomers(reader: Person) -> list[Newcomer]:
    """Everybody on probation, most answers first. 3 SQL.

    Raises Refused.
    """
    roles.check_review(reader)
    people = list(_advisors().filter(probation.those_on()).order_by("-answers_given", "alias")[:MOST])
    marks, beside = _marks(people), _beside(people)
    return [_newcomer(person, marks[person.pk], beside[person.pk], reader) for person in people]


def _advisors() -> QuerySet[Person]:
    return Person.objects.filter(is_active=True, role=Role.ADVISOR)


def _newcomer(person: Person, marks: list[tuple[int, ...]], beside: list[str], reader: Person) -> Newcomer:
    means = [(name, f"{mean(found):.1f}") for name, found in zip(LEVELS, zip(*marks, strict=True), strict=False)]
    return Newcomer(person, person.answers_given, len(marks), means, beside, why_not_lift(person, reader))


def _marks(people: Iterable[Person]) -> dict[UUID, list[tuple[int, ...]]]:
    """The newest whole rubric of each of the answers these people wrote themselves, at most five each. 1 SQL."""
    rows = Rubric.objects.filter(version__writer__in=people, reaction__isnull=False).order_by("-at", "pk")
    found: dict[UUID, dict[UUID, tuple[int, ...]]] = defaultdict(dict)
    for writer, draft, *marks in rows.values_list("version__writer", "version__draft", *LEVELS):
        if len(found[writer]) < probation.FIRST:
            found[writer].setdefault(draft, tuple(marks))
    return defaultdict(list, {writer: list(marks.values()) for writer, marks in found.items()})


def _beside(people: Iterable[Person]) -> dict[UUID, list[str]]:
    """Who sat beside whom while both were there, each once, the first first. 1 SQL."""
    rows = Sitting.objects.filter(advisor__in=people, met_at__isnull=False).order_by("met_at", "pk")
    found: dict[UUID, list[str]] = defaultdict(list)
    for advisor, alias in rows.values_list("advisor", "supervisor__alias"):
        if alias not in found[advisor]:
            found[advisor].append(alias)
    return found


def said(person: Person, *, now: datetime) -> str:
    """What an advisor's desk says of it, or "": while it lasts, and for a week after it was lifted. 0 SQL."""
    if person.role != Role.ADVISOR:
        return ""
    if probation.is_on(person):
        return _still(person)
    lifted = person.probation_lifted_on
    if lifted is None or holding.today(now) - lifted >= TOLD_FOR:
        return ""
    return "A supervisor has read your answers and says you're ready. You can write without company from now on."


def _still(person: Person) -> str:
    if person.answers_given < probation.FIRST:
        nth = f"You've given {person.answers_given} of them so far."
        return f"Somebody sits beside you for your first {probation.FIRST} answers. {nth}"
    return "Somebody sits beside you until a supervisor says you can write without company. Ask them when that may be."
