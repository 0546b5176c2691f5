"""Saving somebody's boundaries and own limit, and what that does to what they hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming, fitting
from advisors.models import Person
from advisors.team import bounding
from advisors.team.locking import lock
from askpeer.errors import Refused
from questions import states
from questions.models import Question


class Held(Refused):
    """They hold questions on topics they would keep away from now. topics: a label for each question."""

    def __init__(self, being_written: list[str], elsewhere: list[str]) -> None:
        super().__init__("You hold something on a topic you'd keep away from. Read what happens, then save again.")
        self.being_written, self.elsewhere = being_written, elsewhere


class Caps(NamedTuple):
    """How much somebody has today of what the rules allow. most: answers at once, by the rule and their own limit."""

    in_hand: int
    most: int
    heavy: int
    most_heavy: int
    minutes: int
    most_minutes: int


@transaction.atomic
def bound(
    *, person: Person, choices: Mapping[str, str], most: int | None, seen: str, let_go: bool, now: datetime
) -> bounding.Bounds:
    """Keep what they chose. What they hold on a topic they keep away from goes back with its draft, once they said so.

    Raises Held before they did, bounding.Changed (a Stale) where another window was first, Refused.
    """
    person, topics = lock(person), bounding.topics()
    if not person.is_active or person.role not in roles.WRITERS:
        raise Refused("Only somebody who answers questions has boundaries here.")
    _check_limit(person, most, now)
    kept = bounding.keep(person, choices, most, seen=seen, topics=topics)
    never = {slug for slug, choice in kept.choices.items() if choice == "never"}
    if never and not let_go:
        _check_hands(person, never)
    claiming.let_go_of_what_does_not_fit(person, now=now)
    return kept


def _check_limit(person: Person, most: int | None, now: datetime) -> None:
    if most is not None and not (fitting.is_capped(person) and 0 <= most <= fitting.rule(person, now)):
        raise Refused("Choose a limit from the list. Your own can only be lower than ours.")


def _check_hands(person: Person, never: set[str]) -> None:
    theirs = Question.objects.filter(holder=person, status__in=states.HELD, topic__slug__in=never)
    rows = list(theirs.order_by("pk").values_list("topic__label", "status"))
    if rows:
        written = [label for label, status in rows if status in states.RETURNED_FROM]
        raise Held(written, [label for label, status in rows if status not in states.RETURNED_FROM])


def caps(person: Person, *, now: datetime) -> Caps | None:
    """Today's figures, None for those who have no caps. 3 SQL."""
    if not fitting.is_capped(person):
        return None
    today = fitting.Today(person, now)
    return Caps(
        in_hand=today.in_hand,
        most=fitting.most(person, now),
        heavy=len(today.heavy),
        most_heavy=fitting.MOST_HEAVY,
        minutes=today.minutes,
        most_minutes=fitting.MOST_MINUTES,
    )
