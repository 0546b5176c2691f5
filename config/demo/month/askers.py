"""What askers do: ask, reply to what they are asked, follow up an answer."""

from collections import Counter
from datetime import datetime
from functools import partial
from random import Random
from typing import NamedTuple
from uuid import UUID

from askpeer import calendars
from config.demo.month import plan
from config.demo.month.arriving import Arrival, arrivals, later
from config.demo.month.clock import Clock
from config.demo.month.plan import DAY
from questions import states
from questions.intake import asking, following, kept, replying
from questions.models import Question, Topic

REPLY = "I live with my gran. We get on fine and she knows some of it."
FOLLOW_UP = "Thanks for writing back. I tried the first step and it went okay. It still gets worse on Mondays."
FOLLOW_UP_DETAILS = ["tried the first step", "gets worse on Mondays"]


class Life(NamedTuple):
    """What is special about one question, and what an answer to its present round picks up."""

    arrival: Arrival
    details: list[str]
    number: int = 1


class Askers:
    """lives: by question. promised: how many rounds were promised within how many working days."""

    def __init__(self, clock: Clock, topics: dict[str, Topic], count: int, chance: Random) -> None:
        self.clock, self.topics, self.chance = clock, topics, chance
        self.lives: dict[UUID, Life] = {}
        self.turned_away = self.to_come = 0
        self.promised: Counter[int] = Counter()
        for arrival in arrivals(count, chance):
            self.to_come += 1
            clock.at(arrival.at, partial(self._ask, arrival))

    def _ask(self, arrival: Arrival, now: datetime) -> None:
        kept.forget()  # what is kept for 30 seconds is older than that on this clock
        self.to_come -= 1
        row = arrival.row
        try:
            asked = asking.ask(
                text=row["text"],
                cards=row.get("cards", []),
                timeline=row.get("timeline", []),
                age_band=row["age_band"],
                nation=row["nation"],
                wants=row["wants"],
                topic=self.topics.get(row["topic"]),
                email="someone@askers.example" if arrival.email else "",
                now=now,
            )
        except asking.Full:
            self.turned_away += 1
            return
        self.lives[asked.question.pk] = Life(arrival, row["details"])
        self._count_promise(asked.question)

    def _count_promise(self, question: Question) -> None:
        calendar, turn = calendars.current(), question.round
        day, days = calendar.local(calendar.next_open(turn.asked_at)).date(), 0
        while day < calendar.local(turn.promised_at).date():
            day += DAY
            days += bool(calendar.on_day(day))
        self.promised[days] += 1

    def was_asked(self, question: Question, now: datetime) -> None:
        """Most reply within a day or so; some never do."""
        if self.chance.random() < plan.REPLIED:
            self.clock.at(later(now, 1.5, self.chance), partial(self._reply, question.pk))

    def _reply(self, pk: UUID, now: datetime) -> None:
        question = Question.objects.get(pk=pk)
        if replying.waits(question):
            replying.reply(question=question, text=REPLY, now=now)

    def was_answered(self, question: Question, now: datetime) -> None:
        life = self.lives[question.pk]
        if life.arrival.followed_up and life.number == 1 and now < plan.ENDS:
            self.to_come += 1
            self.clock.at(later(now, 3, self.chance), partial(self._follow_up, question.pk))

    def _follow_up(self, pk: UUID, now: datetime) -> None:
        kept.forget()
        self.to_come -= 1
        question = Question.objects.get(pk=pk)
        following.follow_up(question=question, text=FOLLOW_UP, now=now)
        self.lives[pk] = Life(self.lives[pk].arrival, FOLLOW_UP_DETAILS, 2)
        self._count_promise(question)

    def is_done(self) -> bool:
        """Whether nobody comes any more and everybody has their answer."""
        return not self.to_come and not Question.objects.filter(status__in=states.UNFINISHED).exists()
