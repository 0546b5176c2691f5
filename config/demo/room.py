"""The demo's team room: what people said, this week's round, who thanked whom, and the hours they gave."""

from datetime import datetime, timedelta
from typing import Any

from advisors.models import Person, Role
from advisors.team import posting, praising, rounds, wrapping_up
from config.demo.content import rows

A_WEEK = timedelta(days=7)
WEEKS = 8  # in each of which an advisor gave two turns
TURNS = ((2, 30), (3, 0))  # hours and minutes


def fill(people: dict[str, Person], now: datetime) -> None:
    for row in rows("room", of="said"):
        _say(row, people, now - timedelta(days=row["days"], hours=row["hours"]), now)
    for person in people.values():
        if person.role == Role.ADVISOR:
            _give_hours(person, now)


def _say(row: dict[str, Any], people: dict[str, Person], at: datetime, now: datetime) -> None:
    said = {"text": row["text"], "by": people[row["by"]]}
    if "to" in row:
        praising.praise(person=people[row["to"]], now=at, **said)
    elif row.get("round"):
        # Early on a Monday these hours were last week: the round of the demo's own week has its answers all the same.
        posting.answer_round(now=at if rounds.week(at) == rounds.week(now) else now, **said)
    else:
        posting.post(now=at, **said)


def _give_hours(person: Person, now: datetime) -> None:
    for week in range(1, WEEKS + 1):
        for number, (hours, minutes) in enumerate(TURNS):
            at = now - week * A_WEEK + timedelta(days=2 * number)
            wrapping_up.wrap_up(person=person, hours=hours, minutes=minutes, now=at)
