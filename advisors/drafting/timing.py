"""Due moments in words for staff: staffed time left, and the moment itself on the service's own clock."""

from datetime import datetime, timedelta
from typing import NamedTuple

from askpeer import calendars
from questions import deadlines, moves, states
from questions.models import Question, Round

MINUTE, HOUR, TWO_DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=2)


class TimeLeft(NamedTuple):
    """How long in words; on_time, at_risk or late; and the due moment in words."""

    text: str
    state: str
    due: str


def left(question: Question, *, now: datetime) -> TimeLeft:
    """How long there is for this round, where its clock runs. Reads the round of a question that was not given one."""
    calendar, turn = calendars.current(), question.round
    if question.status == states.PENDING_ASKER:
        return TimeLeft("clock stopped until they reply", "on_time", "")
    if question.status not in states.PROMISED:
        return TimeLeft(_ended(turn), "on_time", "")
    state = lateness(question, turn, now=now)
    end = answer_by(question, turn, now=now)
    if state != "late":
        return TimeLeft(f"{_amount(calendar.staffed(now, end))} left", state, due(question, turn, state, now=now))
    if turn.redated_at and now < turn.redated_at:
        ahead = _amount(calendar.staffed(now, turn.redated_at))
        return TimeLeft(f"with {ahead} left to its new date", state, f"new date {moment(turn.redated_at)}")
    over = calendar.staffed(end, now)
    # After closing time no staffed minute has gone by yet.
    text = f"by {_amount(over)}" if over >= MINUTE else f"since {moment(end)}"
    return TimeLeft(text, state, due(question, turn, state, now=now))


def answer_by(question: Question, turn: Round, *, now: datetime) -> datetime:
    """Until when staff have to have answered: as promised; on red by the end of the next staffed day."""
    return deadlines.answer_by(calendars.current(), _course(question, turn, now))


def _course(question: Question, turn: Round, now: datetime) -> deadlines.Course:
    """Where it stands for staff: a promise that a closure has moved ahead of its moment is due at its new date."""
    course = moves.course(question, turn)
    if turn.redated_at and now < turn.due_at:
        return course._replace(due_at=turn.redated_at, redated_at=None)
    return course


def lateness(question: Question, turn: Round, *, now: datetime) -> str:
    """on_time, at_risk or late for staff: red is late sooner than its asker was told."""
    course = _course(question, turn, now)
    calendar = calendars.current()
    if course.status in states.PROMISED and now >= deadlines.answer_by(calendar, course):
        return "late"
    return deadlines.lateness(calendar, course, now=now)


def _ended(turn: Round) -> str:
    return f"answered {moment(turn.answered_at)}" if turn.answered_at else "no answer is due"


def due(question: Question, turn: Round, state: str, *, now: datetime) -> str:
    """due Thu 19 Nov, 18:00"""
    return f"{'was due' if state == 'late' else 'due'} {moment(answer_by(question, turn, now=now))}"


def moment(at: datetime) -> str:
    """Thu 19 Nov, 18:00"""
    local = calendars.current().local(at)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def saved(at: datetime, *, now: datetime) -> str:
    """14:02 today, Thu 19 Nov, 14:02 on another day."""
    local = calendars.current().local
    return clock(at) if local(at).date() == local(now).date() else moment(at)


def clock(at: datetime) -> str:
    """14:02"""
    return f"{calendars.current().local(at):%H:%M}"


def ago(at: datetime, *, now: datetime) -> str:
    """How long ago on the wall's clock: just now, 5 minutes ago, 2 hours ago, 3 days ago."""
    gone = now - at
    if gone < MINUTE:
        return "just now"
    if gone < HOUR:
        return f"{_count(gone // MINUTE, 'minute')} ago"
    return f"{_count(gone // HOUR, 'hour') if gone < TWO_DAYS else _count(gone.days, 'day')} ago"


def _amount(staffed: timedelta) -> str:
    if staffed < MINUTE:
        return "less than a minute"
    if staffed < HOUR:
        return _count(int(staffed.total_seconds() // 60), "minute")
    return _count(int(staffed // HOUR), "staffed hour")


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
