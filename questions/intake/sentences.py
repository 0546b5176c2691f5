"""What an asker reads about a question's state, and moments in words, on the calendar's own clock."""

from datetime import date, datetime, timedelta

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _

from askpeer import calendars
from askpeer.hours import Calendar
from questions import deadlines, moves, retaining, states
from questions.models import Question, Round

Why = Round.Why
A_WEEKDAY_IS_CLEAR = timedelta(days=6)  # less than this ahead


def clock(local: datetime) -> str:
    """A wall time as it is said: 6pm, 6:30pm, midday, midnight."""
    if (local.hour, local.minute) in {(0, 0), (12, 0)}:
        return _("midday") if local.hour else _("midnight")
    parts = {
        "hour12": local.hour % 12 or 12,
        "minutes12": f":{local.minute:02}" if local.minute else "",
        "half": "am" if local.hour < 12 else "pm",
        "hour24": local.hour,
        "minutes24": f"{local.minute:02}",
    }
    # Each language takes the parts that it says, as in 18.30 uur, hence xgettext:no-python-brace-format
    return _("{hour12}{minutes12}{half}").format(**parts)


def _wall(moment: datetime, calendar: Calendar | None) -> tuple[datetime, datetime]:
    """The wall time, and the day it is said to be on: midnight belongs to the evening before it."""
    local = (calendar or calendars.current()).local(moment)
    midnight = (local.hour, local.minute) == (0, 0)
    return local, local - timedelta(minutes=1) if midnight else local


def moment(at: datetime, *, calendar: Calendar | None = None) -> str:
    """A moment, e.g. "6pm on Thursday 27 November"."""
    local, on = _wall(at, calendar)
    return _("{time} on {day}").format(time=clock(local), day=_day(on))


def day(at: datetime, *, calendar: Calendar | None = None) -> str:
    """A day, e.g. "Thursday 27 November"."""
    return _day((calendar or calendars.current()).local(at))


def written_day(on: date) -> str:
    """A date that is further away, with its year, e.g. "28 February 2027"."""
    return _("{number} {month} {year}").format(number=on.day, month=MONTHS[on.month], year=on.year)


def _day(local: datetime) -> str:
    names = {"weekday": WEEKDAYS[local.weekday()], "number": local.day, "month": MONTHS[local.month]}
    return _("{weekday} {number} {month}").format(**names)


def soon(at: datetime, *, now: datetime, calendar: Calendar | None = None) -> str:
    """A moment of the coming days, e.g. "10am Monday"; with its date where that could be the wrong Monday."""
    if at - now >= A_WEEKDAY_IS_CLEAR:
        return moment(at, calendar=calendar)
    local, on = _wall(at, calendar)
    return _("{time} {weekday}").format(time=clock(local), weekday=WEEKDAYS[on.weekday()])


def status_text(question: Question, *, now: datetime, calendar: Calendar) -> str:
    """The one sentence, or few, that tells an asker how things stand."""
    turn = question.round
    lateness = deadlines.lateness(calendar, moves.course(question, turn), now=now)
    if lateness == "late":
        return _late(turn, now, calendar)
    entered = question.entered_at
    moments = {
        "promised": moment(turn.promised_at, calendar=calendar),
        "due": moment(turn.due_at, calendar=calendar),
        "replied": moment(_whole_hour(entered + timedelta(days=states.PENDING_DAYS)), calendar=calendar),
        "erased": day(retaining.erased_at(question), calendar=calendar),
    }
    sentence = _sentence(question.status).format(**moments)
    keeps = lateness == "at_risk" and not deadlines.is_on_closed_day(calendar, turn.due_at, now=now)
    return f"{sentence} {_at_risk()}" if keeps else sentence


def _whole_hour(at: datetime) -> datetime:
    """The hour before, so that nobody is told a minute, or a moment later than the true one."""
    return at.replace(minute=0, second=0, microsecond=0)


def is_late(question: Question, *, now: datetime, calendar: Calendar) -> bool:
    """Whether the promise of the current round is broken by now."""
    return deadlines.lateness(calendar, moves.course(question, question.round), now=now) == "late"


def _late(turn: Round, now: datetime, calendar: Calendar) -> str:
    moments = {"due": moment(turn.due_at, calendar=calendar)}
    if turn.redated_at is None:
        sentence = _(
            "We said {due}. We missed it. That's our fault, not yours, and your question isn't lost. "
            "Look here again soon for a new date."
        )
        return sentence.format(**moments)
    moments["redated"] = moment(turn.redated_at, calendar=calendar)
    if turn.redated_at <= now:
        sentence = _(
            "We said {due}, and then {redated}. We missed both. That's our fault, not yours, and your question "
            "isn't lost. One of our experts takes it over now."
        )
        return sentence.format(**moments)
    return _with_a_new_date(turn.redated_for).format(**moments)


def _with_a_new_date(why: str) -> str:
    """What is said of a promise that was broken or cannot be kept, and why."""
    return {
        Why.MISSED: _(
            "We said {due}. We missed it. That's our fault, not yours, and your question isn't lost. "
            "It'll be here by {redated}."
        ),
        Why.CLOSED: _(
            "We said {due}. We have to be closed then, so we can't keep that. That's our fault, not yours, and your "
            "question isn't lost. It'll be here by {redated}."
        ),
        Why.ILL: _(
            "We said {due}. Too many of us are ill to keep that. That's our fault, not yours, and your question isn't "
            "lost. It'll be here by {redated}."
        ),
        Why.DOWN: _(
            "We said {due}. Our site was down, so we can't keep that. That's our fault, not yours, and your question "
            "isn't lost. It'll be here by {redated}."
        ),
    }[Why(why)]


def _at_risk() -> str:
    return _("That is soon. We still mean to keep it. If we can't, we say so here, with a new date.")


def _sentence(status: str) -> str:
    return {
        states.NEW: _("We've got your question. We promised you an answer by {promised}."),
        states.OPEN: _("We've read your question. Next, an advisor picks it up. Your answer is still due by {due}."),
        states.IN_PROGRESS: _("An advisor is writing to you. Your answer is still due by {due}."),
        states.PENDING_ASKER: _(
            "We need to ask you one thing. No rush. If we don't hear by {replied}, we'll write with what we know."
        ),
        states.IN_REVIEW: _(
            "Your answer is written. Someone trained to keep young people safe is checking it. It's due by {due}."
        ),
        states.CHANGES_REQUESTED: _(
            "Your answer is nearly ready. We're making it better before you see it. It's due by {due}."
        ),
        states.ANSWERED: _("Your answer is here."),
        states.REDIRECTED: redirected(),
        states.CLOSED: _("This question is closed. You can still read your answer until {erased}, or erase it now."),
        states.WITHDRAWN: erased(),
    }[status]


def redirected() -> str:
    """Above those who know more than us."""
    return _(
        "This matters, and you deserve someone who knows more than us. "
        "Here's who, and what happens when you get in touch."
    )


def erased() -> str:
    """Said once, on the confirmation."""
    return _("Your question has been erased. We can't get it back. You can always ask a new one.")
