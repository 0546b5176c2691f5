"""When somebody means to be here, as they plan it themselves, and the days on which they are away.

A turn is a plan for the team to read: nobody counts who kept to it, it stands in no trail, and a week after its end it
is gone.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from advisors import roles
from advisors.duty import clock, rota
from advisors.duty.models import Absence
from advisors.models import Person
from advisors.team.locking import lock
from advisors.team.models import Turn
from askpeer import calendars
from askpeer.errors import Refused, Stale

LONGEST = timedelta(hours=4)
MOST_A_WEEK, WEEK = timedelta(hours=12), timedelta(days=7)
AHEAD = 60  # days
MORNING, EVENING = time(7), time(21)  # under 18
KEPT = timedelta(days=7)  # after its end
MOST = 100  # shown
OVER = "This is over already. Choose a time that is still ahead."
CLOSED = "We are closed all that time, so there will be nothing to take. Keep it if you'd like to read or practise."


class Planned(NamedTuple):
    """A turn as a page shows it: whose it is, on which day, from when to when on the service's own clock."""

    turn: Turn
    alias: str
    day: str
    hours: str


@transaction.atomic
def plan(*, person: Person, day: date, starts: time, ends: time, now: datetime) -> Turn:
    """Mean to be here on a day, from one time on the wall to another; midnight ends the day. Raises Refused."""
    _check_day(day, now)
    starts_at, ends_at = _moment(day, starts), _moment(day + timedelta(days=ends == time(0)), ends)
    person = lock(person)
    if not person.is_active or person.role not in roles.WRITERS:
        raise Refused("Only somebody who answers questions plans a turn.")
    _check_span(starts_at, ends_at, now)
    _check_night(person, starts_at, ends_at)
    if Absence.objects.filter(person=person, first_day__lte=day, last_day__gte=day).exists():
        raise Refused("You are away on that day. Take that off first.")
    _check_others(person, starts_at, ends_at)
    return Turn.objects.create(person=person, starts_at=starts_at, ends_at=ends_at)


def _moment(day: date, wall: time) -> datetime:
    return clock.moment(datetime.combine(day, wall))


def _check_day(day: date, now: datetime) -> None:
    ahead = day - rota.today(now)
    if ahead < timedelta():
        raise Refused(OVER)
    if ahead > timedelta(days=AHEAD):
        raise Refused(f"Plan {AHEAD} days ahead at most.")


def _check_span(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused("It has to end after it starts, on the same day.")
    # Real hours, not those on the wall: on the night the clocks go back somebody sits here for one more.
    if ends_at - starts_at > LONGEST:
        raise Refused("A turn is 4 hours at most. Plan a break, and another one after it.")
    if ends_at <= now:
        raise Refused(OVER)


def _check_night(person: Person, starts_at: datetime, ends_at: datetime) -> None:
    """Under 18 on the day of the turn: none of it between nine and seven."""
    if not person.is_under_18(starts_at):
        return
    local = calendars.current().local
    first, last = local(starts_at), local(ends_at)
    if first.time() < MORNING or last.time() > EVENING or last.date() != first.date():
        raise Refused("Under 18, a turn is between 7 in the morning and 9 in the evening.")


def _check_others(person: Person, starts_at: datetime, ends_at: datetime) -> None:
    near = person.turns.filter(starts_at__lt=ends_at + WEEK, ends_at__gt=starts_at - WEEK)
    spans = list(near.values_list("starts_at", "ends_at"))
    if any(first < ends_at and starts_at < last for first, last in spans):
        raise Refused("You have a turn at that time already.")
    if _most_in_a_week([*spans, (starts_at, ends_at)]) > MOST_A_WEEK:
        raise Refused("That is more than 12 hours in seven days. Leave some for the others, and rest.")


def _most_in_a_week(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """The most of these within any seven days: that is where the seven days begin or end with one of them."""
    weeks = [(first, first + WEEK) for first, _ in spans] + [(last - WEEK, last) for _, last in spans]
    return max(sum((_shared(span, week) for span in spans), timedelta()) for week in weeks)


def _shared(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> timedelta:
    return max(min(one[1], other[1]) - max(one[0], other[0]), timedelta())


def doubt(turn: Turn) -> str:
    """What somebody may have overlooked in a turn they planned, or ""."""
    return "" if calendars.current().staffed(turn.starts_at, turn.ends_at) else CLOSED


@transaction.atomic
def take_off(*, turn: int, person: Person, now: datetime) -> None:
    """Take one's own turn off again. Raises Stale where it is gone or over, which somebody else's always is."""
    if not person.turns.filter(pk=turn, ends_at__gt=now).delete()[0]:
        raise Stale("This turn is off your plan already.")


@transaction.atomic
def be_away(*, person: Person, first_day: date, last_day: date, now: datetime) -> int:
    """Say that one is away on these days; return how many turns of one's own that took off. Raises Refused."""
    rota.add_absence(person=person, first_day=first_day, last_day=last_day, by=person, now=now)
    after = last_day + timedelta(days=1)
    meant = person.turns.filter(starts_at__lt=_midnight(after), ends_at__gt=max(_midnight(first_day), now))
    return meant.delete()[0]


@transaction.atomic
def be_back(*, absence: int, person: Person, now: datetime) -> None:
    """Take one's own absence off again. Raises Stale where there is none."""
    row = person.absences.filter(pk=absence).first()
    if row is None:
        raise Stale("This is off your plan already.")
    rota.remove(row, by=person, now=now)


def _midnight(day: date) -> datetime:
    """When a day begins on the service's own clock."""
    return datetime.combine(day, time(), calendars.current().zone).astimezone(UTC)


def ahead(person: Person, *, now: datetime) -> list[Planned]:
    """This person's turns that have not ended, the soonest first. 1 SQL."""
    return _said(person.turns.filter(ends_at__gt=now).select_related("person")[:MOST])


def away_ahead(person: Person, *, now: datetime) -> list[Absence]:
    """This person's absences that have not ended. 1 SQL."""
    return list(person.absences.filter(last_day__gte=rota.today(now))[:MOST])


def today(*, now: datetime) -> list[Planned]:
    """Who means to be here today and has not gone by now, the soonest first. 1 SQL."""
    day = rota.today(now)
    rows = _there(day).filter(ends_at__gt=now, starts_at__lt=_midnight(day + timedelta(days=1)))
    return _said(rows[:MOST])


def here_now(*, now: datetime) -> list[Person]:
    """Who means to be here now and is not away, each once, by alias. 1 SQL."""
    rows = _there(rota.today(now)).filter(starts_at__lte=now, ends_at__gt=now).order_by("person__alias", "person")
    return list({row.person_id: row.person for row in rows[:MOST]}.values())


def _there(day: date) -> QuerySet[Turn]:
    """The turns of those who work here and are not away that day, the soonest first."""
    away = Absence.objects.filter(person=OuterRef("person"), first_day__lte=day, last_day__gte=day)
    rows = Turn.objects.filter(~Exists(away), person__is_active=True, person__role__in=roles.WRITERS)
    return rows.select_related("person").order_by("starts_at", "pk")


def _said(turns: Iterable[Turn]) -> list[Planned]:
    local = calendars.current().local
    spans = [(turn, local(turn.starts_at), local(turn.ends_at)) for turn in turns]
    return [
        Planned(turn, turn.person.alias, f"{first:%A} {first.day} {first:%B}", f"{first:%H:%M} to {last:%H:%M}")
        for turn, first, last in spans
    ]


def purge(*, now: datetime) -> int:
    """Forget turns that ended more than a week ago; return how many."""
    return Turn.objects.filter(ends_at__lte=now - KEPT).delete()[0]
