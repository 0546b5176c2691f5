"""The rota: whose turn it is in open hours, who is on call outside them, who is away.

Turns are the manager's to plan; that somebody is away they may say themselves. Two of one person's never overlap: their
row is locked while one is added.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import models, transaction

from advisors import roles
from advisors.duty import hands
from advisors.duty.models import Absence, Shift
from advisors.models import Person
from askpeer import calendars, history
from askpeer.errors import Refused, Stale
from questions.intake import oncall
from questions.intake.models import OnCall

Turn = Shift | OnCall
LONGEST: dict[type[Turn], timedelta] = {Shift: timedelta(hours=24), OnCall: timedelta(days=14)}
LONGEST_SAID: dict[type[Turn], str] = {
    Shift: "A shift is 24 hours at most.",
    OnCall: "A turn on call is 14 days at most.",
}
LONGEST_AWAY = timedelta(days=366)
FARTHEST = timedelta(days=2 * 366)
TOO_FAR = "This is more than two years ahead. Check the year."
SHOWN = 100


def on_shift(*, now: datetime) -> list[Person]:
    """Whose shift it is. 1 SQL."""
    return _people(Shift, now)


def on_call(*, now: datetime) -> list[Person]:
    """Who is on call: adults, never advisors. 1 SQL."""
    return _people(OnCall, now)


def _people(kind: type[Turn], now: datetime) -> list[Person]:
    there = _turns(kind).filter(starts_at__lte=now, ends_at__gt=now).order_by("starts_at", "pk")
    return list({turn.person_id: turn.person for turn in there}.values())


def _turns(kind: type[Turn]) -> models.QuerySet:
    rows = kind._default_manager.filter(person__is_active=True, person__role__in=roles.REVIEWERS)
    return rows.select_related("person")


def next_shift(*, now: datetime) -> Shift | None:
    """The first that has not begun. 1 SQL."""
    return _turns(Shift).filter(starts_at__gt=now).order_by("starts_at", "pk").first()


def next_on_call(*, now: datetime) -> OnCall | None:
    """The first turn on call that has not begun. 1 SQL."""
    return _turns(OnCall).filter(starts_at__gt=now).order_by("starts_at", "pk").first()


def is_away(person: Person, day: date) -> bool:
    """Whether this person is away on a day of the service's own calendar."""
    return Absence.objects.filter(person=person, first_day__lte=day, last_day__gte=day).exists()


def away(day: date) -> list[Person]:
    """Everybody who is away that day, by alias. 1 SQL."""
    rows = Absence.objects.filter(first_day__lte=day, last_day__gte=day, person__is_active=True)
    return list({row.person_id: row.person for row in rows.select_related("person").order_by("person__alias")}.values())


def away_until(day: date) -> dict[UUID, date]:
    """The last day that everybody who is away that day is away; absences without a day between them are one. 1 SQL."""
    until: dict[UUID, date] = {}
    rows = Absence.objects.filter(last_day__gte=day).order_by("first_day")
    for person, first, last in rows.values_list("person", "first_day", "last_day"):
        if first <= (until[person] + timedelta(days=1) if person in until else day):
            until[person] = last
    return until


def today(now: datetime) -> date:
    """The day it is on the service's own clock."""
    return calendars.current().local(now).date()


def shifts_ahead(*, now: datetime) -> list[Shift]:
    """What has not ended, the soonest first. 1 SQL."""
    return list(_turns(Shift).filter(ends_at__gt=now).order_by("starts_at", "pk")[:SHOWN])


def calls_ahead(*, now: datetime) -> list[OnCall]:
    """The turns on call that have not ended, the soonest first. 1 SQL."""
    return list(_turns(OnCall).filter(ends_at__gt=now).order_by("starts_at", "pk")[:SHOWN])


def absences_ahead(*, now: datetime) -> list[Absence]:
    """What has not ended, the soonest first. 1 SQL."""
    rows = Absence.objects.filter(last_day__gte=today(now), person__is_active=True).select_related("person")
    return list(rows.order_by("first_day", "pk")[:SHOWN])


@transaction.atomic
def add_shift(*, person: Person, starts_at: datetime, ends_at: datetime, by: Person, now: datetime) -> Shift:
    """Give a reviewer a turn in open hours. Raises Refused."""
    _check_turn(Shift, person, starts_at, ends_at, by, now)
    row = Shift.objects.create(person=person, starts_at=starts_at, ends_at=ends_at)
    _record(row, "added", by, now, _moments(row))
    return row


@transaction.atomic
def add_on_call(*, person: Person, starts_at: datetime, ends_at: datetime, by: Person, now: datetime) -> OnCall:
    """Give a reviewer a turn on call; an advisor never. Raises Refused."""
    _check_turn(OnCall, person, starts_at, ends_at, by, now)
    row = OnCall.objects.create(person=person, starts_at=starts_at, ends_at=ends_at)
    calendars.reckon_later(now=now)
    _record(row, "added", by, now, _moments(row))
    return row


def doubt(row: Turn) -> str:
    """What a manager may have overlooked in a turn that was added, or "": each kind is asked in its own hours alone,
    and who is not ready reads nothing.
    """
    if roles.why_not_ready(row.person, now=row.starts_at):
        who = row.person.alias
        return f"{who} can't open any question then: their agreement or checks are missing, or will have run out."
    staffed = calendars.current().staffed(row.starts_at, row.ends_at)
    if isinstance(row, Shift) and not staffed:
        return "We are closed all that time, and a shift counts for nothing then: put somebody on call."
    if isinstance(row, OnCall) and staffed == row.ends_at - row.starts_at:
        return "We are open all that time, and a turn on call counts for nothing then: put somebody on a shift."
    return ""


def _check_turn(
    kind: type[Turn], person: Person, starts_at: datetime, ends_at: datetime, by: Person, now: datetime
) -> None:
    roles.check_manager(by)
    person = _lock(person)
    if not person.is_active or person.role not in roles.REVIEWERS:
        raise Refused("Only supervisors and safeguarding leads have turns. An advisor is never on call.")
    _check_order(starts_at, ends_at, now)
    # As the clock on the wall has it: the autumn day that is 25 hours long is one day.
    if _wall(ends_at) - _wall(starts_at) > LONGEST[kind]:
        raise Refused(LONGEST_SAID[kind])
    # What was taken off while it ran was worked until then, and is no reason to refuse what is still ahead.
    if _turns(kind).filter(person=person, starts_at__lt=ends_at, ends_at__gt=max(starts_at, now)).exists():
        raise Refused(f"{person.alias} has a turn then already.")
    if _days_away(person, _day(starts_at), _day(ends_at - timedelta(seconds=1))):
        raise Refused(f"{person.alias} is away then. Choose somebody else.")


def _check_order(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused("It has to end after it starts.")
    if ends_at <= now:
        raise Refused("This is over already. Choose a time that is still ahead.")
    if ends_at - now > FARTHEST:
        raise Refused(TOO_FAR)


@transaction.atomic
def add_absence(*, person: Person, first_day: date, last_day: date, by: Person, now: datetime) -> Absence:
    """Ask nothing of somebody on these days, as they or a manager say. Turns that they have then stay, and are theirs
    to give away.

    Raises Refused.
    """
    _check_own(person, by)
    person = _lock(person)
    if last_day < first_day:
        raise Refused("The last day comes before the first.")
    if last_day < today(now):
        raise Refused("These days are over already.")
    if last_day - first_day > LONGEST_AWAY:
        raise Refused("An absence is a year at most.")
    if last_day - today(now) > FARTHEST:
        raise Refused(TOO_FAR)
    if _days_away(person, first_day, last_day):
        who = "You are" if by.pk == person.pk else f"{person.alias} is"
        raise Refused(f"{who} away on some of these days already.")
    row = Absence.objects.create(person=person, first_day=first_day, last_day=last_day)
    _record(row, "added", by, now, {"from": str(first_day), "to": str(last_day)})
    hands.reckon(now=now)
    return row


@transaction.atomic
def remove(row: Turn | Absence, *, by: Person, now: datetime) -> None:
    """Take a turn or an absence off the rota, one's own absence too; a turn that runs ends now.

    Raises Refused; Stale when it is gone or over.
    """
    if isinstance(row, Absence):
        _check_own(row.person, by)
    else:
        roles.check_manager(by)
    pk = row.pk
    rows: models.QuerySet = type(row)._default_manager.filter(pk=pk)
    if not (rows.delete()[0] if isinstance(row, Absence) else _end(rows, row.person, now)):
        raise Stale("This is off the rota already.")
    _record(row, "removed", by, now, {"id": pk})
    if isinstance(row, Absence):
        hands.reckon(now=now)


@transaction.atomic
def end_turns(person: Person, *, now: datetime) -> int:
    """Take somebody off the rota who takes no turns any more: what runs ends now, and what was worked stays.

    Return how many turns that were.
    """
    return sum(_end(kind._default_manager.filter(person=person), person, now) for kind in (Shift, OnCall))


def _end(turns: models.QuerySet, person: Person, now: datetime) -> int:
    """Delete those of one person's turns that have not begun, end those that run; return how many there were."""
    ahead = turns.filter(starts_at__gte=now).delete()[0]
    running = turns.filter(starts_at__lt=now, ends_at__gt=now).update(ends_at=now)
    if turns.model is OnCall and ahead + running:
        calendars.forget()  # an UPDATE sends no signal
        calendars.reckon_later(now=now)
    if turns.model is OnCall and running:
        oncall.tell_anew_without(person, now=now)
    return ahead + running


def _check_own(person: Person, by: Person) -> None:
    if not (by.is_active and by.pk == person.pk):
        roles.check_manager(by)


def _lock(person: Person) -> Person:
    fresh = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not fresh.is_active:
        raise Refused(f"{fresh.alias} does not work here any more.")
    return fresh


def _days_away(person: Person, first: date, last: date) -> bool:
    return Absence.objects.filter(person=person, first_day__lte=last, last_day__gte=first).exists()


def _day(at: datetime) -> date:
    return _wall(at).date()


def _wall(at: datetime) -> datetime:
    """What the service's own clock shows then."""
    return calendars.current().local(at).replace(tzinfo=None)


def _moments(row: Turn) -> dict[str, str]:
    return {"from": row.starts_at.astimezone(UTC).isoformat(), "to": row.ends_at.astimezone(UTC).isoformat()}


def _record(row: Turn | Absence, done: str, by: Person, now: datetime, facts: dict) -> None:
    kind = {Shift: "shift", OnCall: "on_call", Absence: "absence"}[type(row)]
    history.record(subject=f"person:{row.person_id}", kind=f"{kind}_{done}", actor=by.name, now=now, facts=facts)
