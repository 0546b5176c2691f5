"""Changing the hours: what that would do to the promises that run is said first, and then it is saved at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from django.db import transaction

from advisors import roles
from advisors.duty import rota
from advisors.managing import gaps, hours_said
from advisors.managing.counting import LABELS
from advisors.models import Person
from advisors.team import locking
from askpeer import scheduling
from askpeer.errors import Refused, Stale
from askpeer.hours import ZERO, Calendar, NoOpeningHours
from askpeer.scheduling import Plan, Shut
from questions import deadlines, redating, states
from questions.intake import helping, kept, oncall, promising, sentences
from questions.models import Question, Round, Topic

DAY = timedelta(days=1)
LOOKED_BACK = timedelta(days=366)  # no stage that runs began before
LOOKED_AHEAD = timedelta(days=366)
SHOWN = 100
NAMED = 12  # hours that nobody reads red in any more
AHEAD = (Round.Why.CLOSED, Round.Why.ILL)  # why a date ahead moves: what was down is over
SAME = "This is how it is already. Change something first."
NO_NUMBER = (
    "Our pages name the crisis services of this country, and among the signposts is no emergency number of {}. Add it "
    "there first."
)
TOO_LITTLE = "With this there is too little staffed time ahead to keep what is promised. Add more hours."


class Line(NamedTuple):
    """A promise that falls on a closed day: what its question is about and how it stands, and both dates in words."""

    topic: str
    level: str
    status: str
    standing: str
    until: str


class Red(NamedTuple):
    """A red question that nobody has read, and until when somebody has to, in words: as it is, and with the change."""

    topic: str
    before: str
    after: str


class Preview(NamedTuple):
    """What a change would do. running is how many promises there are: shorter of them lose staffed time, moved fall on
    a closed day, twice do so again, calm lose nothing. Of cases about staff, which move too, none is counted: one more
    than are listed would be such a case.

    lines and lines_twice are the first of them; shifts are (alias, from when to when) in hours that would be closed.
    unwatched are the first hours that would be closed and have nobody on call, from when to when.
    promises are what somebody who asks now is told, as it is and with the change, or None where no question is taken.
    """

    changes: list[str]
    running: int
    shorter: int
    moved: int
    twice: int
    calm: int
    lines: list[Line]
    lines_twice: list[Line]
    red: list[Red]
    shifts: list[tuple[str, str]]
    unwatched: list[str]
    promises: tuple[str, str] | None


class Changed(NamedTuple):
    """The new version's number, how many promises got a new date, and how many stay due on a closed day; without cases
    about staff.
    """

    version: int
    moved: int
    left: int


def closing(plan: Plan, *, first: date, last: date, reason: str, today: date) -> Plan:
    """This plan with some days closed, the last one included. Raises Refused."""
    if last < today:
        raise Refused("These days are over already.")
    if any(begins <= first and last <= ends for begins, ends, _reason in plan.closures):
        raise Refused("We are closed on all of these days already.")
    return replace(plan, closures=_kept([*plan.closures, (first, last, reason)], today))


def opening(plan: Plan, *, first: date, last: date, today: date) -> Plan:
    """This plan without that closure; of one that has begun the days before today stay closed. Raises Stale."""
    others = [one for one in plan.closures if one[:2] != (first, last)]
    if len(others) == len(plan.closures) or last < today:
        raise Stale("This closure is not ahead any more.")
    gone = [(begins, today - DAY, reason) for begins, ends, reason in plan.closures if (begins, ends) == (first, last)]
    return replace(plan, closures=_kept([*others, *[one for one in gone if one[0] < today]], today))


def _kept(closures: Iterable[Shut], today: date) -> tuple[Shut, ...]:
    """In the order of days, without those long over: the versions remember them."""
    return tuple(sorted(one for one in closures if one[1] >= today - LOOKED_BACK))


def week(present: Plan, plan: Plan, *, today: date) -> Plan:
    """A plan of another week and place, with the closures that are there."""
    return replace(plan, windows=tuple(sorted(plan.windows)), closures=_kept(present.closures, today))


def preview(plan: Plan, *, version: int, now: datetime) -> Preview:
    """What it would do if this plan held from now on, in place of this version. Raises Refused, Stale.

    9 SQL beside those of the calendar and of the queue, whatever there is.
    """
    before = _present(plan, version)
    scheduling.check(plan, now=now)
    turns = oncall.turns()
    try:
        return _preview(before, plan, before.calendar(on_call=turns), plan.calendar(on_call=turns), now)
    except NoOpeningHours:
        raise Refused(TOO_LITTLE) from None


def _present(plan: Plan, version: int) -> Plan:
    standing, present = scheduling.present()
    if version != standing:
        raise Stale(scheduling.CHANGED)
    if plan == present:
        raise Refused(SAME)
    if plan.country not in {"", present.country} and plan.country not in helping.countries():
        raise Refused(NO_NUMBER.format(hours_said.place(replace(plan, subdivision=""))))
    return present


def _preview(before: Plan, plan: Plan, old: Calendar, new: Calendar, now: datetime) -> Preview:
    found = redating.effect(old, new, now=now, but_staff=True)
    return Preview(
        changes=[*hours_said.changes(before, plan, today=new.local(now).date()), *_crisis(before, plan)],
        running=found.running,
        shorter=found.shorter,
        moved=len(found.moved),
        twice=len(found.twice),
        calm=found.running - found.shorter - len(found.moved) - len(found.twice),
        lines=_lines(found.moved, old, new),
        lines_twice=_lines(found.twice, old, new),
        red=_red(old.watched, new.watched),
        shifts=_shifts(old, new, now),
        unwatched=_unwatched(old, new, now),
        promises=_promises(old, new, now),
    )


def _crisis(before: Plan, plan: Plan) -> list[str]:
    """Whose services the pages name with a change of the country."""
    if plan.country == before.country:
        return []
    home = hours_said.place(replace(plan, country=plan.country or helping.home(), subdivision=""))
    return [f"Crisis services on our pages {'change to' if plan.country else 'stay as they are'}: {home}."]


def _lines(rows: list[redating.Moved], old: Calendar, new: Calendar) -> list[Line]:
    """The first of them, of which a manager may know."""
    rows = _told(rows)[:SHOWN]
    topics = Topic.objects.in_bulk({row.question.topic_id for row in rows} - {None})
    return [
        Line(
            _topic(topics.get(row.question.topic_id)),
            row.question.level,
            LABELS[row.question.status],
            hours_said.moment(row.standing, old),
            hours_said.moment(row.until, new),
        )
        for row in rows
    ]


def _told(rows: Iterable[redating.Moved]) -> list[redating.Moved]:
    """Those that are not about staff: of such a case a manager reads nothing."""
    return [row for row in rows if not row.question.about_staff]


def _topic(topic: Topic | None) -> str:
    return topic.label if topic else "No topic yet"


def _red(old: Calendar, new: Calendar) -> list[Red]:
    rows = Question.objects.filter(status=states.NEW, level=states.RED, about_staff=False).select_related("topic")
    return [
        Red(_topic(row.topic), *(_read_by(row, calendar) for calendar in (old, new)))
        for row in rows.order_by("entered_at", "pk")[:SHOWN]
    ]


def _read_by(question: Question, watched: Calendar) -> str:
    return hours_said.moment(watched.add(question.entered_at, deadlines.RED_TRIAGE), watched)


def _shifts(old: Calendar, new: Calendar, now: datetime) -> list[tuple[str, str]]:
    """Turns in open hours of which no minute would be open any more."""
    return [
        (turn.person.alias, hours_said.span(turn.starts_at, turn.ends_at, new))
        for turn in rota.shifts_ahead(now=now)
        if old.staffed(turn.starts_at, turn.ends_at) > ZERO and new.staffed(turn.starts_at, turn.ends_at) == ZERO
    ]


def _unwatched(old: Calendar, new: Calendar, now: datetime) -> list[str]:
    """What somebody reads red in as it is, and nobody would; of the turns on call those that Monday counts. 3 SQL."""
    until = now + LOOKED_AHEAD
    calls = tuple(gaps.on_call(old, now=now, until=until))
    before, after = (replace(calendar, on_call=calls).watched for calendar in (old, new))
    there = gaps.spans(before, now, until)
    lost = gaps.joined(left for span in there for left in gaps.without(span, gaps.spans(after, *span)))
    said = [hours_said.span(*span, new) for span in islice(lost, NAMED + 1)]
    return said if len(said) <= NAMED else [*said[:NAMED], "and more"]


def _promises(old: Calendar, new: Calendar, now: datetime) -> tuple[str, str] | None:
    room = promising.room(now)
    if room.full:
        return None
    before, after = (deadlines.promise(calendar, asked=now, days=room.days) for calendar in (old, new))
    return sentences.moment(before, calendar=old), sentences.moment(after, calendar=new)


def stranded(plan: Plan, *, now: datetime) -> list[Line]:
    """The promises that fall on a day closed by now and have no new date, which a manager left as they were.

    1 SQL, 2 where there are some.
    """
    calendar = plan.calendar()
    return _lines(redating.stranded(calendar, now=now), calendar, calendar)


@transaction.atomic
def move_stranded(*, why: str, by: Person, now: datetime) -> int:
    """Give each of them the closing time of the next open day, and tell who asked; return how many, without cases about
    staff. Raises Refused.
    """
    by = locking.lock(by)
    roles.check_manager(by)
    if why not in AHEAD:
        raise Refused("Choose why they get a new date.")
    found = redating.stranded(scheduling.present()[1].calendar(), now=now)
    return len(_told(redating.redate_all(found, why=why, by=by.name, now=now)))


@transaction.atomic
def change(plan: Plan, *, version: int, why: str, redate: bool, by: Person, now: datetime) -> Changed:
    """Let a plan hold from now on in place of this version; with redate, give each promise that falls on a closed day
    its one new date and tell who asked. why is one of Round.Why. Raises Refused, Stale.

    6 SQL a promise that moves, and a row for the mailer where there is an address.
    """
    by = locking.lock(by)
    roles.check_manager(by)
    before = _present(plan, version)
    number = scheduling.save(plan, version=version, actor=by.name, now=now)
    transaction.on_commit(kept.forget)  # whose crisis services the pages name
    try:
        found = redating.effect(before.calendar(), plan.calendar(), now=now)
    except NoOpeningHours:
        raise Refused(TOO_LITTLE) from None
    if not redate:
        return Changed(number, 0, len(_told([*found.moved, *found.twice])))
    done = redating.redate_all(found.moved, why=why, by=by.name, now=now)
    return Changed(number, len(_told(done)), len(_told(found.twice)))
