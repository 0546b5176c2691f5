"""How far people are: each unit of one's own training, and whom a reviewer may pass on which track."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from advisors import roles
from advisors.models import Person
from advisors.team import expiring, teaching, training
from advisors.team.models import Attempt, Training
from advisors.team.teaching import Course, Unit
from questions import holding

LABELS = {
    "new": "Not tried yet",
    "waiting": "Sent, waiting for feedback",
    "again": "Feedback is here: try once more",
    "anew": "Answer it anew to renew",
    "good": "Good enough",
}
TO_DO = ("again", "anew", "new")
MORE_THAN_A_YEAR = timedelta(days=367)
Sent = list[tuple[datetime, bool | None]]  # when, and whether it was found good; None while it waits


class Step(NamedTuple):
    """A unit, and how somebody stands with it: a key of LABELS."""

    unit: Unit
    state: str

    @property
    def label(self) -> str:
        return LABELS[self.state]


class Standing(NamedTuple):
    """Somebody on one track: where it stands in a sentence, whether it is passed and in date, and its units."""

    course: Course
    said: str
    is_passed: bool
    steps: list[Step]


class Ready(NamedTuple):
    """Somebody whom a reviewer may pass, or pass again, on a track."""

    person: UUID
    alias: str
    track: Training.Track
    again: bool


def of(person: Person, *, now: datetime) -> list[Standing]:
    """Where somebody is on each of the three tracks. 2 SQL."""
    passed = dict(person.trainings.values_list("track", "passed_on"))
    sent: dict[tuple[str, str], Sent] = defaultdict(list)
    for track, unit, at, good in person.attempts.order_by("-at").values_list("track", "unit", "at", "good"):
        sent[track, unit].append((at, good))
    return [_standing(one, passed.get(one.track), sent, now) for one in teaching.courses()]


def next_step(standings: list[Standing]) -> Step | None:
    """What to do next: the first unit that waits for whoever is trained, not for a reviewer."""
    steps = [step for one in standings for step in one.steps]
    return next((step for step in steps if step.state in TO_DO), None)


def ready(by: Person, *, now: datetime) -> list[Ready]:
    """Whom this reviewer may pass now; of those who passed before, only whose twelve months are nearly over. 2 SQL.

    By alias, each with their tracks in the order of the training.
    """
    good: dict[tuple[UUID, str, str], list[tuple[str, datetime]]] = defaultdict(list)
    rows = Attempt.objects.filter(good=True, at__gt=now - MORE_THAN_A_YEAR, person__is_active=True)
    people = rows.filter(person__role__in=roles.WRITERS).exclude(person=by)
    for pk, alias, track, unit, at in people.values_list("person", "person__alias", "track", "unit", "at"):
        good[pk, alias, track].append((unit, at))
    passed = {(pk, track): day for pk, track, day in Training.objects.values_list("person", "track", "passed_on")}
    in_order = sorted(good, key=lambda one: (one[1], one[0], training.Track.values.index(one[2])))
    return [
        Ready(pk, alias, training.Track(track), (pk, track) in passed)
        for pk, alias, track in in_order
        if _is_due(passed.get((pk, track)), now)
        and not training.still_needed(track, passed.get((pk, track)), good[pk, alias, track], now=now)
    ]


def _is_due(passed_on: date | None, now: datetime) -> bool:
    return passed_on is None or expiring.is_near(training.a_year_after(passed_on), now=now)


def _standing(course: Course, passed_on: date | None, sent: dict[tuple[str, str], Sent], now: datetime) -> Standing:
    mine = {unit.slug: sent.get((course.track, unit.slug), []) for unit in course.units}
    good = [(slug, at) for slug, tries in mine.items() for at, found in tries if found]
    lacks = training.still_needed(course.track, passed_on, good, now=now) if _is_due(passed_on, now) else []
    steps = [Step(unit, _state(mine[unit.slug], unit in lacks)) for unit in course.units]
    last_day = training.a_year_after(passed_on) if passed_on else None
    in_date = last_day is not None and last_day >= holding.today(now)
    said = _said_of_passed(course, last_day, lacks, now) if last_day else _said_of_new(course, lacks)
    return Standing(course, said, in_date, steps)


def _state(tries: Sent, lacks: bool) -> str:
    if not tries or tries[0][1] is None:
        return "waiting" if tries else "new"
    if any(found for _, found in tries):
        return "anew" if lacks else "good"
    return "again"


def _said_of_new(course: Course, lacks: Collection[Unit]) -> str:
    if not lacks:
        return "Every answer is good enough. A supervisor passes this track next."
    return f"{len(course.units) - len(lacks)} of {len(course.units)} answers are good enough."


def _said_of_passed(course: Course, last_day: date, lacks: Collection[Unit], now: datetime) -> str:
    over = last_day < holding.today(now)
    lasts = f"It ran out on {last_day:%-d %B %Y}." if over else f"Passed. It lasts until {last_day:%-d %B %Y}."
    if not expiring.is_near(last_day, now=now):
        return lasts
    if lacks:
        return f"{lasts} To renew it, answer “{course.last.title}” anew."
    return f"{lasts} Your new answer is good enough. A supervisor renews this track next."
