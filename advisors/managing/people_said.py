"""The people as the manager reads them: one line each, and what somebody's leaving would do."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from advisors import roles
from advisors.drafting import unsigning
from advisors.duty.models import Shift
from advisors.models import AGREEMENT, Person, Role
from advisors.signoff.models import OwnWords
from advisors.team.models import Post
from questions import holding, states
from questions.intake.models import OnCall
from questions.models import Question


class Said(NamedTuple):
    """A word on something that somebody needs to have, and whether it wants looking at."""

    words: str
    wanting: bool = False


class Row(NamedTuple):
    """One person: training, checks and consent as far as they need them, and None where they do not."""

    person: Person
    training: Said | None
    checks: Said | None
    consent: Said | None
    lacks_buddy: bool = False


class Holds(NamedTuple):
    """What somebody's leaving would let go or end."""

    questions: int
    offers: int
    signatures: int
    own_words: int
    turns: int
    buddies: int
    posts: int


def listed(*, now: datetime) -> list[Row]:
    """Everybody, whoever has left last. 1 SQL."""
    return [row(person, now=now) for person in Person.objects.order_by("-is_active", "role", "alias")]


def row(person: Person, *, now: datetime) -> Row:
    today = holding.today(now)
    is_advisor, age = person.role == Role.ADVISOR, person.age_on(today)
    return Row(
        person,
        training=_until(person.trained_until, "not passed yet", today) if is_advisor else None,
        checks=None if age is not None and age < 18 else _checks(person, today),
        consent=_consent(person) if is_advisor and age is not None and age < 16 else None,
        lacks_buddy=is_advisor and age is not None and age < 18 and person.buddy_id is None,
    )


def _checks(person: Person, today: date) -> Said:
    if person.vetted_on is None:
        return Said("not recorded", wanting=True)
    return Said("seen") if person.vetted_until is None else _until(person.vetted_until, "", today)


def kept_out(person: Person, *, now: datetime) -> str:
    """What keeps the pages of their role from somebody who would read questions, or ""."""
    if not roles.is_kept_out(person, now=now):
        return ""
    if person.role != Role.TRUSTEE and person.agreed_to != AGREEMENT:
        return f"{person.alias} has not agreed to how we work here"
    return f"the checks of {person.alias}: {_checks(person, holding.today(now)).words}"


def _until(day: date | None, nothing: str, today: date) -> Said:
    if day is None:
        return Said(nothing, wanting=True)
    return Said(f"ran out on {in_words(day)}", wanting=True) if day < today else Said(f"until {in_words(day)}")


def _consent(person: Person) -> Said:
    given = person.guardian_consent_on
    return Said(in_words(given)) if given else Said("missing", wanting=True)


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def holds(person: Person, *, now: datetime) -> Holds:
    """What ends with somebody's account, without cases about staff, of which a manager reads nothing. 7 SQL."""
    ahead, told = Q(person=person, ends_at__gt=now), Question.objects.filter(about_staff=False)
    own_words = OwnWords.objects.filter(writer=person, ended_at=None, round__question__about_staff=False)
    return Holds(
        questions=told.filter(holder=person, status__in=states.HELD).count(),
        offers=told.filter(offered_to=person).count(),
        signatures=unsigning.count_those_of(person),
        own_words=own_words.count(),
        turns=Shift.objects.filter(ahead).count() + OnCall.objects.filter(ahead).count(),
        buddies=Person.objects.filter(buddy=person, is_active=True).count(),
        posts=Post.objects.filter(writer=person).count(),
    )
