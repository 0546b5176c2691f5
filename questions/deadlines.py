"""The promise, the stages' budgets and the ladder of reminders. Pure, but for kept_for(), and ring_due in ringing.py.

Everything is reckoned on the service's calendar (askpeer.hours.Calendar), in UTC.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings

from askpeer.hours import ZERO, Calendar
from questions import states
from questions.intake import kept
from questions.models import Retention

RED_TRIAGE = timedelta(hours=1)
GRACE = timedelta(hours=1)  # staffed, from the word that comes before a return which a shrunk budget made overdue
SECOND = timedelta(seconds=1)


class Rung(NamedTuple):
    """One step of a ladder: what it is called and the moment it is due."""

    kind: str
    at: datetime


class Course(NamedTuple):
    """What the ladder depends on: where a question stands and what its round promised.

    reached is the highest of states.PROMISE_RUNGS that was already rung in this round, or "". redated_at is the new
    date of a promise that was broken, or cannot be kept.
    """

    status: str
    level: str
    entered_at: datetime
    asked_at: datetime
    promised_at: datetime
    due_at: datetime
    reached: str = ""
    quarantined: bool = False
    redated_at: datetime | None = None


def promise(calendar: Calendar, *, asked: datetime, days: int = states.PROMISE_DAYS) -> datetime:
    """The promised moment for a question asked now: closing time three working days on, or more where many wait."""
    return calendar.closing_after(asked, days)


def work_time(calendar: Calendar, course: Course) -> timedelta:
    """The staffed time there is for an answer, until its new date where it has one; for red, until the end of the next
    staffed day.
    """
    end = course.redated_at or course.promised_at
    return calendar.staffed(course.asked_at, _sooner_on_red(calendar, course, end))


def answer_by(calendar: Calendar, course: Course) -> datetime:
    """Until when staff have to have answered: the due moment; for red the end of the next staffed day, if sooner."""
    return _sooner_on_red(calendar, course, course.due_at)


def _sooner_on_red(calendar: Calendar, course: Course, end: datetime) -> datetime:
    return min(end, calendar.closing_after(course.asked_at, 1)) if course.level == states.RED else end


def budget(calendar: Calendar, course: Course) -> timedelta:
    """The staffed time that the question's present stage may take; zero for a stage without one.

    The hour of a red question that nobody has read also runs while somebody is on call.
    """
    if _is_within_the_hour(course):
        return RED_TRIAGE
    if course.quarantined and course.status == states.NEW:
        return calendar.staffed(course.entered_at, calendar.closing_after(course.entered_at, 1))
    return work_time(calendar, course) * states.BUDGETS.get(course.status, 0)


def _is_within_the_hour(course: Course) -> bool:
    return course.level == states.RED and course.status == states.NEW


def at_risk_from(calendar: Calendar, course: Course) -> datetime:
    """The moment 90 % of the promise's working time is used; a pause moves it as it moved due_at.

    Of a promise with a new date it is 90 % of the time until that.
    """
    if course.redated_at:
        return calendar.add(course.asked_at, calendar.staffed(course.asked_at, course.redated_at) * states.AT_RISK)
    total = calendar.staffed(course.asked_at, course.promised_at)
    paused = calendar.staffed(course.promised_at, course.due_at)
    return calendar.add(course.asked_at, total * states.AT_RISK + paused)


def lateness(calendar: Calendar, course: Course, *, now: datetime) -> str:
    """`on_time`, `at_risk` or `late`: reckoned from the clock, stored nowhere. A promise with a new date is late."""
    if course.status not in states.PROMISED:
        return "on_time"
    if course.redated_at or now >= course.due_at:
        return "late"
    return "at_risk" if now >= at_risk_from(calendar, course) else "on_time"


def kept_for() -> dict[str, timedelta]:
    """How long what was answered stays as it is: by the alarm that ends it, from the beginning of its stage. What the
    manager said, read at most once in 30 seconds, or what the settings say.
    """
    return kept.value("retention", _said) or _by_the_settings()


def kept_for_now() -> dict[str, timedelta]:
    """The same from the row itself: nothing is erased by what held half a minute ago. 1 SQL."""
    return _said() or _by_the_settings()


def _by_the_settings() -> dict[str, timedelta]:
    return {"close": settings.CLOSE_AFTER, "erase": settings.ERASE_AFTER}


def _said() -> dict[str, timedelta]:
    row = Retention.objects.order_by("pk").first()
    return {"close": timedelta(days=row.close_days), "erase": timedelta(days=row.erase_days)} if row else {}


def ladder(calendar: Calendar, course: Course) -> list[Rung]:
    """Every rung of the present stage and of the promise that is not yet reached, soonest first."""
    return sorted([*_stage(calendar, course), *_promised(calendar, course)], key=lambda rung: rung.at)


def _stage(calendar: Calendar, course: Course) -> list[Rung]:
    status, entered = course.status, course.entered_at
    if status == states.PENDING_ASKER:
        return [Rung("reply_waited_for", entered + timedelta(days=states.PENDING_DAYS))]
    if status in {states.ANSWERED, states.REDIRECTED}:
        return [Rung("close", entered + kept_for()["close"])]
    if status == states.CLOSED:
        return [Rung("erase", entered + kept_for()["erase"])]
    whole = budget(calendar, course)
    if whole == ZERO:
        return []
    if _is_within_the_hour(course):
        calendar = calendar.watched
    rungs = [Rung(kind, calendar.add(entered, whole * share)) for kind, share in states.STAGE_RUNGS]
    if status in states.RETURNED_FROM:
        rungs.append(Rung("returned", calendar.add(entered, whole * states.RETURN_AFTER)))
    return rungs


def _promised(calendar: Calendar, course: Course) -> list[Rung]:
    if course.status not in states.PROMISED:
        return []
    passed = states.PROMISE_RUNGS[: states.PROMISE_RUNGS.index(course.reached) + 1] if course.reached else ()
    return [Rung(kind, _moment_of(calendar, course, kind)) for kind in _ahead(course) if kind not in passed]


def _ahead(course: Course) -> tuple[str, ...]:
    """With a new date only that one is left to be missed, and it has a warning of its own, whether or not the first
    date had one; whoever waits was told why.
    """
    return ("at_risk_again", "again") if course.redated_at else ("at_risk", "late", "undated")


def _moment_of(calendar: Calendar, course: Course, kind: str) -> datetime:
    if kind in {"at_risk", "at_risk_again"}:
        return at_risk_from(calendar, course)
    if kind == "undated":
        return calendar.add(course.due_at, timedelta(hours=states.REDATE_WITHIN))
    return course.due_at if course.redated_at is None else course.redated_at


def next_alarm(
    calendar: Calendar, course: Course, *, after: datetime, rung: Collection[str] = frozenset()
) -> Rung | None:
    """The soonest rung past this moment. A rung that was missed is due at once, not forgotten.

    A stage has missed rungs where its budget shrank in the middle, e.g. when it became red: the most urgent of them
    rings, unless it is among the kinds that were rung in this stage. A return to the queue that was missed comes a
    staffed hour later: nobody loses what they are writing without a word before.
    """
    stage, promised = _stage(calendar, course), _promised(calendar, course)
    ahead = [one if one.at > after else return_later(calendar, after) for one in stage if _is_ahead(one, after)]
    missed = [Rung(one.kind, after) for one in stage if one.at <= after and one.kind != "returned"][-1:]
    missed = [one for one in missed if one.kind not in rung]
    return min([*promised, *missed, *ahead], key=lambda one: one.at, default=None)


def _is_ahead(rung: Rung, after: datetime) -> bool:
    return rung.at > after or rung.kind == "returned"


def return_later(calendar: Calendar, after: datetime) -> Rung:
    """The return of a claim whose moment has passed unseen: a staffed hour after whoever holds it hears of it."""
    return Rung("returned", calendar.add(after, GRACE))


def is_on_closed_day(calendar: Calendar, moment: datetime, *, now: datetime) -> bool:
    """Whether nobody is there any more on that day between now and this moment."""
    begins = datetime.combine(calendar.local(moment - SECOND).date(), time(0), calendar.zone)
    return calendar.staffed(max(begins, now), moment) == ZERO


def instead_of(calendar: Calendar, promised: datetime, *, now: datetime) -> datetime | None:
    """The closing time that a promise ahead gets in place of one on a closed day; None for any other."""
    if promised <= now or not is_on_closed_day(calendar, promised, now=now):
        return None
    return calendar.closing_after(promised, 0)
