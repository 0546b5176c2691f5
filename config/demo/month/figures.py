"""What is counted when the month is over."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

from askpeer import calendars
from askpeer.hours import ZERO, Calendar
from askpeer.models import TrailEntry
from config.demo.month import plan
from config.demo.month.askers import Askers
from config.demo.month.beating import Beat
from config.demo.month.people import Worker
from config.demo.month.plan import DAY, HOUR
from config.demo.month.working import Crew
from questions import states
from questions.models import Reminder, Round

KINDS = ("half", "most", "full", "returned", *states.PROMISE_RUNGS)


@dataclass(frozen=True)
class Figures:
    """One load.

    A round is a question or a follow-up; lateness is in working hours, busy a share of the rota.

    Of the missed promises, told are those with an apology, redated those with a new date in time, soon those answered
    before one was due, again those whose new date was missed too; breaches have had neither. holidays are days of the
    month, from 0. seen: hour of the month, how many waited, how many of them past their promise.
    """

    load: int
    asked: int
    turned_away: int
    follow_ups: int
    rounds: int
    on_time: int
    late: int
    unanswered: int
    lateness: dict[str, float]
    promised: dict[str, int]
    reminders: dict[str, int]
    superseded: int
    to_staff: int
    to_askers: int
    people: dict[str, int]
    busy: dict[str, float]
    in_vain: int
    told: int
    redated: int
    soon: int
    again: int
    breaches: int
    holidays: list[int]
    seen: list[tuple[float, int, int]]

    @property
    def share(self) -> float:
        """Of all rounds, how many were answered by the promised moment."""
        return self.on_time / self.rounds if self.rounds else 1.0


def count(load: int, crews: list[Crew], askers: Askers, beat: Beat) -> Figures:
    turns = list(Round.objects.order_by("due_at", "pk"))
    late = [turn for turn in turns if turn.answered_at is None or turn.answered_at > turn.due_at]
    dated = _dated()
    asked = sum(turn.number == 1 for turn in turns)
    kept = [how_kept_up(turn, beat.told, dated) for turn in late]
    rungs = Reminder.objects.filter(superseded=False).values_list("kind", flat=True)
    by_kind = Counter(rungs)
    return Figures(
        load=load,
        asked=asked,
        turned_away=askers.turned_away,
        follow_ups=len(turns) - asked,
        rounds=len(turns),
        on_time=len(turns) - len(late),
        late=len(late),
        unanswered=sum(turn.answered_at is None for turn in turns),
        lateness=_lateness(late),
        promised={str(days): number for days, number in sorted(askers.promised.items())},
        reminders={kind: by_kind[kind] for kind in KINDS},
        superseded=Reminder.objects.filter(superseded=True).count(),
        to_staff=beat.to_staff,
        to_askers=beat.to_askers,
        people={crew.name: len(crew.workers) for crew in crews},
        busy={crew.name: _busy(crew.workers) for crew in crews},
        in_vain=sum(crew.in_vain for crew in crews),
        told=sum((turn.question_id, turn.number) in beat.told for turn in late),
        redated=kept.count("redated"),
        soon=kept.count("answered"),
        again=sum(turn.reached == Round.Reached.AGAIN for turn in turns),
        breaches=kept.count(""),
        holidays=[number for number in range(plan.DAYS) if _is_holiday(plan.FIRST_DAY + number * DAY)],
        seen=[((one.at - plan.STARTS) / HOUR, one.waiting, one.late) for one in beat.seen],
    )


def _is_holiday(day: date) -> bool:
    return day.weekday() < 5 and not calendars.current().on_day(day)


def _dated() -> dict[tuple[UUID, int], datetime]:
    """When a person gave each round its new date, as the trail has it."""
    rows = TrailEntry.objects.filter(kind="redated")
    return {(UUID(row.subject.removeprefix("question:")), row.facts["round"]): row.at for row in rows}


def how_kept_up(turn: Round, told: dict[tuple[UUID, int], datetime], dated: dict[tuple[UUID, int], datetime]) -> str:
    """How a broken promise was kept up: "redated", or "answered" before a person had to; "" for a breach.

    Two staffed hours from when it was told of. Those of the outage do not count: nobody can set a date in them.
    """
    key = turn.question_id, turn.number
    if key not in told:
        return ""
    until = _calendar_of_acts().add(told[key], HOUR * states.REDATE_WITHIN)
    if key in dated and dated[key] <= until:
        return "redated"
    return "answered" if turn.answered_at and turn.answered_at <= until else ""


def _calendar_of_acts() -> Calendar:
    calendar = calendars.current()
    return replace(calendar, closures=(*calendar.closures, plan.OUTAGE), _days={})


def _lateness(late: list[Round]) -> dict[str, float]:
    calendar = calendars.current()
    hours = sorted(calendar.staffed(turn.due_at, turn.answered_at) / HOUR for turn in late if turn.answered_at)
    shares = {"median": 0.5, "90 %": 0.9, "worst": 1.0}
    return {name: _at(hours, share) for name, share in shares.items()}


def _at(hours: list[float], share: float) -> float:
    """The nearest rank; 0 where nothing was late."""
    return round(hours[max(ceil(share * len(hours)) - 1, 0)], 1) if hours else 0.0


def _busy(workers: list[Worker]) -> float:
    there: timedelta = sum((worker.there for worker in workers), ZERO)
    return round(sum((worker.worked for worker in workers), ZERO) / there, 3) if there else 0.0
