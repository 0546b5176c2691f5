"""What staff do while they are there: each act takes its minutes, and is a verb of the service when they are over.

Whoever is free looks for something to do; with nothing there they look again a while later. Nobody begins what would
not be over by closing time.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from advisors.duty import presence, rota
from advisors.team import wrapping_up
from askpeer import calendars
from askpeer.errors import Refused
from config.demo.month import plan
from config.demo.month.askers import Askers
from config.demo.month.clock import Clock
from config.demo.month.people import Staff, Worker
from config.demo.month.plan import MINUTE

LOOKS_AGAIN = 10 * MINUTE
ILL_AFTER = 40 * MINUTE  # of their turn

Job = tuple[float, Callable[[datetime], object]]  # minutes, and the verbs at their end


class Crew:
    """One kind of people at work. in_vain counts what was done and then refused, since it had moved on."""

    name: str

    def __init__(self, clock: Clock, staff: Staff, workers: list[Worker], askers: Askers, chance: Random) -> None:
        self.clock, self.staff, self.workers, self.askers, self.chance = clock, staff, workers, askers, chance
        self.in_vain = 0
        for worker in workers:
            for starts, ends in worker.turns:
                clock.at(starts, partial(self._come, worker, ends))
            for first, last in worker.ill:
                self._plan_illness(worker, first, last)
        clock.at(plan.OUTAGE[0], self._all_go, service=True)

    def choose(self, worker: Worker, now: datetime) -> Job | None:
        """What somebody who is free does next; None where there is nothing for them."""
        raise NotImplementedError

    def varied(self, minutes: float) -> float:
        return minutes * (1 + plan.SPREAD * (2 * self.chance.random() - 1))

    def _plan_illness(self, worker: Worker, first: date, last: date) -> None:
        begins = next(starts for starts, _ in worker.turns if calendars.current().local(starts).date() == first)
        self.clock.at(begins + ILL_AFTER, partial(self._fall_ill, worker, first, last))

    def _fall_ill(self, worker: Worker, first: date, last: date, now: datetime) -> None:
        """They go home in the middle of what they do; it is the ladder that gives it to somebody else."""
        worker.break_off(now)
        rota.add_absence(person=worker.person, first_day=first, last_day=last, by=self.staff.manager, now=now)

    def _come(self, worker: Worker, ends: datetime, now: datetime) -> None:
        if not plan.is_up(now) or self._is_ill_now(worker, now):
            return
        worker.come(ends, now)
        self.begin(worker, now)
        self._look(worker, worker.number, now)

    def _is_ill_now(self, worker: Worker, now: datetime) -> bool:
        today = calendars.current().local(now).date()
        return worker.is_ill(today) and not any(first == today for first, _ in worker.ill)

    def begin(self, worker: Worker, now: datetime) -> None:
        """What comes first in a turn."""

    def end(self, worker: Worker, now: datetime) -> None:
        """What comes last in a turn."""

    def _look(self, worker: Worker, number: int, now: datetime) -> None:
        if number != worker.number or worker.until is None:
            return
        job = self.choose(worker, now) if now < worker.until else None
        if job:
            self._do(worker, job, now)
        elif now + LOOKS_AGAIN < worker.until:
            self.clock.at(now + LOOKS_AGAIN, partial(self._look, worker, number))
        else:
            self._go(worker, now)

    def _do(self, worker: Worker, job: Job, now: datetime) -> None:
        minutes, finish = job
        over, number = now + minutes * MINUTE, worker.number
        if over > calendars.current().next_close(now):
            self._go(worker, now)
            return
        worker.work(minutes, now)
        self.clock.at(over, partial(self._done, worker, number, finish))

    def _done(self, worker: Worker, number: int, finish: Callable[[datetime], object], now: datetime) -> None:
        if number != worker.number:
            return
        try:
            finish(now)
        except Refused:
            self.in_vain += 1
        self._look(worker, number, now)

    def _go(self, worker: Worker, now: datetime) -> None:
        self.end(worker, now)
        worker.go(now)

    def _all_go(self, now: datetime) -> None:
        for worker in self.workers:
            worker.break_off(now)


def is_open_for(worker: Worker, minutes: float, now: datetime) -> bool:
    """Whether more than half of something new would lie within their turn, and all of it before closing time."""
    assert worker.until
    if now + minutes * MINUTE / 2 > worker.until:
        return False
    return now + minutes * MINUTE <= calendars.current().next_close(now)


def wrap_up(worker: Worker, now: datetime) -> None:
    """Write down how long they were there."""
    spent: timedelta = now - worker.since if worker.since else timedelta(0)
    wrapping_up.wrap_up(person=worker.person, hours=0, minutes=int(spent / MINUTE), now=now)


def stay_on_duty(workers: list[Worker], now: datetime) -> None:
    """Whoever is at work is seen at work."""
    for worker in workers:
        if worker.until:
            presence.seen(worker.person, now=now)
