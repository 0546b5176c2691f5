"""When things happened in the demo: past moments in staffed time, so that it looks alive whenever it is seeded."""

from datetime import datetime, timedelta
from typing import Any

from askpeer.hours import Calendar
from questions import deadlines

HOUR = timedelta(hours=1)
SHARE_OF_RISK = 0.95  # of the promise's working time used by a question that is at risk
BEFORE_A_PAUSE = 4  # steps, an hour each
LATEST = {"changes_requested": 2 * HOUR, "in_progress": 7 * HOUR, "in_review": 3 * HOUR, "pending_asker": 3 * HOUR}
FINISHED = {"answered", "closed", "redirected", "withdrawn"}
ANSWERED_WITHIN = 20 * HOUR


def before(calendar: Calendar, now: datetime, amount: timedelta) -> datetime:
    """The latest minute from which this much staffed time leads to now."""
    early, late = now - timedelta(days=200), now
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if calendar.staffed(middle, now) >= amount else (early, middle)
    return early.replace(second=0, microsecond=0)


def asked_at(calendar: Calendar, row: dict[str, Any], now: datetime) -> datetime:
    return before(calendar, now, HOUR * row["asked_working_hours_ago"])


def paused_for(calendar: Calendar, asked: datetime, now: datetime) -> timedelta:
    """The staffed wait for a reply that leaves a question at risk now.

    A promise falls due at closing time, so without a wait nothing could be at risk in the morning.
    """
    whole = calendar.staffed(asked, deadlines.promise(calendar, asked=asked))
    return calendar.staffed(asked, now) - whole * SHARE_OF_RISK


def around_a_pause(calendar: Calendar, asked: datetime, steps: int, now: datetime) -> list[datetime]:
    """A staffed moment for each step of a question that was paused: the first four before it, the others after."""
    begun = [calendar.add(asked, HOUR * hour) for hour in range(1, BEFORE_A_PAUSE + 1)]
    replied = calendar.add(begun[-1], paused_for(calendar, asked, now))
    after = [replied, calendar.add(replied, HOUR), calendar.add(replied, 2 * HOUR)]
    lately = steps - len(begun) - len(after)
    return [*begun, *after, *(before(calendar, now, HOUR * (lately - number)) for number in range(lately))]


def spread(calendar: Calendar, asked: datetime, status: str, steps: int, now: datetime) -> list[datetime]:
    """A staffed moment for each step: evenly until shortly before now, or until the answer."""
    ago = calendar.staffed(asked, now)
    span = min(ago * 0.8, ANSWERED_WITHIN) if status in FINISHED else ago - min(LATEST.get(status, HOUR), ago / 3)
    evenly = [calendar.add(asked, span * (step + 1) / steps) for step in range(steps)]
    if status == "in_progress":  # its stage begins with the claim, and the writing comes after
        return [evenly[0], evenly[-1], calendar.add(evenly[-1], HOUR / 2)]
    return evenly
