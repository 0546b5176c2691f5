"""Who works in the month, and when: turns by the week, illness, and the rota that the service itself reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from advisors.duty import hands, rota
from advisors.models import AGREEMENT, Person, Role
from askpeer import calendars
from askpeer.hours import ZERO, Interval
from config.demo.month import plan
from config.demo.month.plan import DAY, MINUTE, Rota

BORN, YOUNG_BORN = date(2004, 2, 1), date(2009, 2, 1)
YOUNG_ONE_IN = 10  # advisors
BEFORE = 20  # answers of an advisor before the month
NEW_ONE_IN = 12  # advisors; these have given none
WEEKDAYS = 5
EVENING_ROOM = 30 * MINUTE  # between an advisor's last turn and closing time


@dataclass(eq=False)
class Worker:
    """One person at work. until is when their present turn ends, None while they are off; a job that was begun under
    an earlier number of theirs is void. there and worked count within the month.
    """

    person: Person
    turns: list[Interval]
    ill: list[tuple[date, date]] = field(default_factory=list)
    until: datetime | None = None
    number: int = 0
    since: datetime | None = None
    there: timedelta = ZERO
    worked: timedelta = ZERO

    def is_ill(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.ill)

    def come(self, ends: datetime, now: datetime) -> None:
        self.until, self.since = ends, now
        self.there += _within(now, ends)

    def go(self, now: datetime) -> None:
        """End the turn, perhaps before its time. Whatever was begun in it is put down."""
        self.until, self.since, self.number = None, None, self.number + 1

    def break_off(self, now: datetime) -> None:
        """End the turn because of something that was in nobody's plan: the rest of it does not count."""
        if self.until:
            self.there -= _within(now, self.until)
            self.go(now)

    def work(self, minutes: float, now: datetime) -> None:
        if now < plan.ENDS:
            self.worked += minutes * MINUTE


def _within(starts: datetime, ends: datetime) -> timedelta:
    """How much of it lies within the month."""
    return max(min(ends, plan.ENDS) - starts, ZERO)


class Staff(NamedTuple):
    manager: Person
    advisors: list[Worker]
    reviewers: list[Worker]


def hire(questions: int, chance: Random) -> Staff:
    """Everybody that 100 % load needs, with their turns until the last question is answered."""
    manager = _person("manager", 0, Role.MANAGER)
    reviewers = _reviewers(plan.reviewers(questions))
    advisors = _advisors(plan.advisors(questions), [worker.person for worker in reviewers])
    _plan_illness(advisors, reviewers, chance)
    for worker in reviewers:
        for starts, ends in worker.turns:
            rota.add_shift(person=worker.person, starts_at=starts, ends_at=ends, by=manager, now=plan.STARTS)
    hands.reckon(now=plan.STARTS)
    return Staff(manager, advisors, reviewers)


def _person(name: str, number: int, role: str, **values: object) -> Person:
    person = Person(
        email=f"{name}{number}@staff.example",
        alias=f"{name.title()} {number}",
        role=role,
        joined_at=plan.STARTS - 200 * DAY,
        agreed_on=plan.FIRST_DAY,
        agreed_to=AGREEMENT,
        vetted_on=plan.FIRST_DAY,
        **values,
    )
    person.set_unusable_password()
    person.save()
    return person


def _reviewers(planned: Rota) -> list[Worker]:
    """The first is the lead's deputy and there in the morning, the second the lead, in the afternoon."""
    people = [
        _person("reviewer", number, Role.LEAD if number == 1 else Role.SUPERVISOR, deputy=number == 0)
        for number in range(planned.people)
    ]
    return [Worker(person, list(_whole_week(number, planned.turn))) for number, person in enumerate(people)]


def _whole_week(number: int, turn: timedelta) -> Iterator[Interval]:
    for opens, closes in _open_days():
        starts = opens if number % 2 == 0 else closes - turn
        yield starts, starts + turn


def _advisors(planned: Rota, buddies: list[Person]) -> list[Worker]:
    people = [
        _person(
            "advisor",
            number,
            Role.ADVISOR,
            born_on=YOUNG_BORN if number % YOUNG_ONE_IN == YOUNG_ONE_IN - 1 else BORN,
            trained_until=plan.FIRST_DAY + 300 * DAY,
            answers_given=0 if number % NEW_ONE_IN == NEW_ONE_IN - 1 else BEFORE,
            buddy=buddies[number % len(buddies)],
        )
        for number in range(planned.people)
    ]
    return [Worker(person, list(_three_a_week(number, planned.turn))) for number, person in enumerate(people)]


def _three_a_week(number: int, turn: timedelta) -> Iterator[Interval]:
    """Every other day of the week, the turns of one day spread over its hours."""
    weekdays = {(number + 2 * step) % WEEKDAYS for step in range(plan.SHIFTS_A_WEEK)}
    for opens, closes in _open_days():
        if calendars.current().local(opens).weekday() in weekdays:
            room = max(closes - opens - turn - EVENING_ROOM, ZERO)
            starts = opens + room * (number // WEEKDAYS % 4) / 3
            yield starts, starts + turn


def _open_days() -> Iterator[Interval]:
    for opens, closes in calendars.current().intervals(plan.STARTS):
        if opens >= plan.LAST:
            return
        yield opens, closes


def _plan_illness(advisors: list[Worker], reviewers: list[Worker], chance: Random) -> None:
    for worker in chance.sample(advisors, round(plan.SICK * len(advisors))):
        _fall_ill(worker, chance.randrange(2, 7), chance)
    if len(reviewers) > plan.FEWEST["reviewer"]:
        _fall_ill(reviewers[2], 3, chance)


def _fall_ill(worker: Worker, days: int, chance: Random) -> None:
    """From a turn of theirs on that the outage leaves alone."""
    turns = [starts for starts, _ in worker.turns if starts < plan.ENDS - 7 * DAY and plan.is_up(starts)]
    first = calendars.current().local(chance.choice(turns)).date()
    worker.ill.append((first, first + (days - 1) * DAY))
