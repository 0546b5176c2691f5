"""What the month is made of: literals, and how many hands 100 % load needs."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from askpeer import calendars
from askpeer.hours import Interval
from questions import states

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

FIRST_DAY, DAYS = date(2026, 5, 1), 31  # in England the 4th and the 25th are bank holidays
STARTS = datetime(2026, 4, 30, 23, tzinfo=UTC)  # midnight of the first day, London's clock
ENDS = STARTS + DAYS * DAY
LAST = ENDS + 35 * DAY  # by when everything that was asked has to be answered

OUTAGE: Interval = (datetime(2026, 5, 19, 8, tzinfo=UTC), datetime(2026, 5, 21, 8, tzinfo=UTC))

# Minutes that each act takes a person. Writing and reviewing take up to 40 % more or less, question by question.
MINUTES = {
    "triage": 6,
    "read a reply": 3,
    "first words to red": 10,
    "new dates": 5,  # for up to 30 late questions at once
    "write": 75,
    "take over a draft": 40,
    "ask one thing": 10,
    "change": 25,
    "review": 18,
    "review one thing": 6,
}
SPREAD = 0.4

# Of all rounds, how many …
AMBER, RED = 0.12, 0.02  # by level
WITH_EMAIL = 0.4
CLARIFIED = 0.1  # … of those with an e-mail are asked one thing first
REPLIED = 0.8  # … of those asked are replied to; the others wait their five days
CHANGED = 0.08  # … are sent back once by their reviewer
FOLLOWED_UP = 0.08  # … first answers are followed up

SURE = 0.9  # of the answers that the rota has hands for, as the manager says it to the service
SICK = 0.2  # of the advisors are ill once in the month, for two to six days; one reviewer is ill for three
SHIFTS_A_WEEK = 3  # of an advisor
LONGEST_TURN = {"advisor": 3.5 * HOUR, "reviewer": 6 * HOUR}
FEWEST = {"advisor": 2, "reviewer": 3}


class Rota(NamedTuple):
    """How many people of one kind there are, and how long each of their turns is."""

    people: int
    turn: timedelta


def rounds(questions: int) -> float:
    return questions * (1 + FOLLOWED_UP)


def advisors_need(questions: int) -> timedelta:
    """The working time of advisors that so many questions take."""
    asked_back = WITH_EMAIL * CLARIFIED
    each = MINUTES["write"] + asked_back * MINUTES["ask one thing"] + CHANGED * MINUTES["change"]
    return rounds(questions) * each * MINUTE


def reviewers_need(questions: int) -> timedelta:
    """The working time of reviewers that so many questions take."""
    asked_back = WITH_EMAIL * CLARIFIED
    each = MINUTES["triage"] + (1 + CHANGED + RED) * MINUTES["review"] + RED * MINUTES["first words to red"]
    each += asked_back * (MINUTES["review one thing"] + REPLIED * MINUTES["read a reply"])
    return rounds(questions) * each * MINUTE


def working_days() -> list[date]:
    """The days of the month on which the calendar opens: an outage is in nobody's plan."""
    days = [FIRST_DAY + n * DAY for n in range(DAYS)]
    return [day for day in days if calendars.current().on_day(day)]


def advisors(questions: int) -> Rota:
    """Just as many hours on the rota as so many questions take."""
    need, turns = advisors_need(questions), len(working_days()) * SHIFTS_A_WEEK / 5
    people = max(FEWEST["advisor"], _up(need / (turns * LONGEST_TURN["advisor"])))
    return Rota(people, need / (people * turns))


def reviewers(questions: int) -> Rota:
    """The same; but half a day is the least, so that one of them is always there."""
    need, days = reviewers_need(questions), len(working_days())
    people = max(FEWEST["reviewer"], _up(need / (days * LONGEST_TURN["reviewer"])))
    return Rota(people, max(need / (people * days), 4 * HOUR))


def answers_a_day(questions: int) -> int:
    """What the manager says is sure on a working day: some of the hands will be ill."""
    return max(1, int(SURE * rounds(questions) / len(working_days())))


def _up(number: float) -> int:
    return -int(-number // 1)


def is_up(now: datetime) -> bool:
    return not OUTAGE[0] <= now < OUTAGE[1]


LEVELS = {states.RED: RED, states.AMBER: AMBER, states.GREEN: 1 - AMBER - RED}
