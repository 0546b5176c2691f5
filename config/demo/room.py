"""The demo's team room: what people said, this week's round, who thanked whom, and the hours they gave."""

from datetime import datetime, timedelta
from typing import Any

from advisors.models import Person, Role
from advisors.team import posting, praising, rounds, wrapping_up
from config.demo.content import rows

A_WEEK = timedelta(days=7)
WEEKS = 8  # in each of which an advisor gave two turns
IN_THE_ROUND = ("theo", "ruth")
TURNS = ((2, 30), (3, 0))  # hours and minutes


def fill(people: dict[str, Person], now: datetime) -> None:
    for row in rows("room", of="said"):
        _say(row, people, now - timedelta(days=row["days"], hours=row["hours"]))
    monday = rounds.week(now)
    answers = rows("room", of="answers")[rounds.prompts().index(rounds.prompt(monday))]
    for key, text in zip(IN_THE_ROUND, answers, strict=True):
        posting.answer_round(text=text, by=people[key], now=now)
    for person in people.values():
        if person.role == Role.ADVISOR:
            _give_hours(person, now)


def _say(row: dict[str, Any], people: dict[str, Person], at: datetime) -> None:
    said = {"text": row["text"], "by": people[row["by"]], "now": at}
    if "to" in row:
        praising.praise(person=people[row["to"]], **said)
    else:
        posting.post(**said)


def _give_hours(person: Person, now: datetime) -> None:
    # The oldest first: one that is there already would be the same button pressed twice.
    for week in range(WEEKS, 0, -1):
        for number, (hours, minutes) in enumerate(TURNS):
            at = now - week * A_WEEK + timedelta(days=2 * number)
            wrapping_up.wrap_up(person=person, hours=hours, minutes=minutes, now=at)
