"""When questions come and what is in them: a seeded draw with the shape of a week and of a day."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from askpeer import calendars
from config.demo.content import rows
from config.demo.month import plan
from config.demo.month.plan import DAY, HOUR
from questions import states

# Evenings and Sundays are busiest.
WEEK = (1.0, 1.0, 0.95, 0.95, 0.8, 0.85, 1.35)  # Monday first
HOURS = (6, 4, 2, 1, 1, 1, 2, 4, 6, 6, 6, 7, 9, 8, 8, 10, 14, 15, 16, 19, 24, 27, 22, 13)


class Arrival(NamedTuple):
    """One question that somebody comes with. asked_back: their advisor needs one thing from them first."""

    at: datetime
    row: dict[str, Any]
    email: bool
    asked_back: bool
    sent_back: bool
    followed_up: bool


def arrivals(count: int, chance: Random) -> list[Arrival]:
    """So many, the first one first. Who comes during the outage comes back in the hours after it."""
    by_level = _content()
    moments = sorted(_back(moment, chance) for moment in _moments(count, chance))
    return [_arrival(moment, by_level, chance) for moment in moments]


def _moments(count: int, chance: Random) -> list[datetime]:
    hours = [plan.STARTS + n * HOUR for n in range(plan.DAYS * 24)]
    local = [calendars.current().local(hour) for hour in hours]
    weights = [WEEK[hour.weekday()] * HOURS[hour.hour] for hour in local]
    return [hour + chance.random() * HOUR for hour in chance.choices(hours, weights, k=count)]


def _back(moment: datetime, chance: Random) -> datetime:
    return moment if plan.is_up(moment) else plan.OUTAGE[1] + timedelta(hours=min(chance.expovariate(1 / 8), 48))


def _content() -> dict[str, list[dict[str, Any]]]:
    """The demo's questions that have an answer of their own, by the level that a supervisor gives them."""
    answered = [row for row in rows("questions", of="question") if row.get("drafts") and row["text"]]
    return {level: [row for row in answered if row["level"] == level] for level in states.LEVELS}


def _arrival(moment: datetime, by_level: dict[str, list[dict[str, Any]]], chance: Random) -> Arrival:
    level = chance.choices([*plan.LEVELS], [*plan.LEVELS.values()])[0]
    row = chance.choice(by_level[level])
    email = chance.random() < plan.WITH_EMAIL
    return Arrival(
        moment,
        row,
        email,
        asked_back=email and chance.random() < plan.CLARIFIED,
        sent_back=chance.random() < plan.CHANGED,
        followed_up=chance.random() < plan.FOLLOWED_UP,
    )


def later(now: datetime, days: float, chance: Random) -> datetime:
    """A moment somewhere in the days after this one, at which somebody comes back; never into the outage."""
    return _back(now + max(2 * HOUR, chance.random() * days * DAY), chance)
