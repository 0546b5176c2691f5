"""The promise, the stages' budgets and the ladder of reminders. Pure, but for ring_due in ringing.py.

Everything is reckoned on the service's calendar (askpeer.hours.Calendar), in UTC.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from askpeer.hours import ZERO, Calendar
from questions import states

RED_TRIAGE = timedelta(hours=1)


class Rung(NamedTuple):
    """One step of a ladder: what it is called and the moment it is due."""

    kind: str
    at: datetime


class Course(NamedTuple):
    """What the ladder depends on: where a question stands and what its round promised.

    reached is the highest rung of the promise ("", "at_risk", "late") that was already rung in this round.
    """

    status: str
    level: str
    entered_at: datetime
    asked_at: datetime
    promised_at: datetime
    due_at: datetime
    reached: str = ""
    quarantined: bool = False


def promise(calendar: Calendar, *, asked: datetime, days: int = states.PROMISE_DAYS) -> datetime:
    """The promised moment for a question asked now: closing time three working days on, or more where many wait."""
    return calendar.closing_after(asked, days)


def work_time(calendar: Calendar, course: Course) -> timedelta:
    """The staffed time there is for an answer; for red, until the end of the next staffed day."""
    return calendar.staffed(course.asked_at, _sooner_on_red(calendar, course, course.promised_at))


def answer_by(calendar: Calendar, course: Course) -> datetime:
    """Until when staff have to have answered: the due moment; for red the end of the next staffed day, if sooner."""
    return _sooner_on_red(calendar, course, course.due_at)


def _sooner_on_red(calendar: Calendar, course: Course, end: datetime) -> datetime:
    return min(end, calendar.closing_after(course.asked_at, 1)) if course.level == states.RED else end


def budget(calendar: Calendar, course: Course) -> timedelta:
    """The staffed time that the question's present stage may take; zero for a stage without one."""
    if course.level == states.RED and course.status == states.NEW:
        return RED_TRIAGE
    if course.quarantined and course.status == states.NEW:
        return calendar.staffed(course.entered_at, calendar.closing_after(course.entered_at, 1))
    return work_time(calendar, course) * states.BUDGETS.get(course.status, 0)


def at_risk_from(calendar: Calendar, course: Course) -> datetime:
    """The moment 90 % of the promise's working time is used; a pause moves it as it moved due_at."""
    total = calendar.staffed(course.asked_at, course.promised_at)
    paused = calendar.staffed(course.promised_at, course.due_at)
    return calendar.add(course.asked_at, total * states.AT_RISK + paused)


def lateness(calendar: Calendar, course: Course, *, now: datetime) -> str:
    """`on_time`, `at_risk` or `late`: reckoned from the clock, stored nowhere."""
    if course.status not in states.PROMISED:
        return "on_time"
    if now >= course.due_at:
        return "late"
    return "at_risk" if now >= at_risk_from(calendar, course) else "on_time"


def ladder(calendar: Calendar, course: Course) -> list[Rung]:
    """Every rung of the present stage and of the promise that is not yet reached, soonest first."""
    return sorted([*_stage(calendar, course), *_promised(calendar, course)], key=lambda rung: rung.at)


def _stage(calendar: Calendar, course: Course) -> list[Rung]:
    status, entered = course.status, course.entered_at
    if status == states.PENDING_ASKER:
        return [Rung("reply_waited_for", entered + timedelta(days=states.PENDING_DAYS))]
    if status in {states.ANSWERED, states.REDIRECTED}:
        return [Rung("close", entered + settings.CLOSE_AFTER)]
    if status == states.CLOSED:
        return [Rung("erase", entered + settings.ERASE_AFTER)]
    whole = budget(calendar, course)
    if whole == ZERO:
        return []
    rungs = [Rung(kind, calendar.add(entered, whole * share)) for kind, share in states.STAGE_RUNGS]
    if status in states.RETURNED_FROM:
        rungs.append(Rung("returned", calendar.add(entered, whole * states.RETURN_AFTER)))
    return rungs


def _promised(calendar: Calendar, course: Course) -> list[Rung]:
    if course.status not in states.PROMISED or course.reached == "late":
        return []
    late = Rung("late", course.due_at)
    if course.reached == "at_risk":
        return [late]
    return [Rung("at_risk", at_risk_from(calendar, course)), late]


def next_alarm(calendar: Calendar, course: Course, *, after: datetime) -> Rung | None:
    """The soonest rung past this moment. A rung that was missed is due at once, not forgotten.

    A stage has missed rungs where its budget shrank in the middle, e.g. when it became red: the most urgent of them
    rings. The return to the queue does not: nobody loses what they are writing without a word before.
    """
    stage, promised = _stage(calendar, course), _promised(calendar, course)
    ahead = [rung for rung in stage if rung.at > after]
    missed = [Rung(rung.kind, after) for rung in stage if rung.at <= after and rung.kind != "returned"]
    return min([*promised, *missed[-1:], *ahead], key=lambda rung: rung.at, default=None)
