"""Opening-hours and holiday arithmetic: pure, aware UTC datetimes in and out.

A window is written in the service's own wall clock and turned to UTC edge by edge, so a day on which the clocks change
is as long as it really is. A wall time that does not exist (02:30 on the night the clocks go forward) is read as the
moment the gap ends; one that exists twice is read as the first for opening and the second for closing. Midnight at a
day's end is the first of two: there the next day begins, and what is closed that day has no hour of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import chain, islice
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
ZERO = timedelta(0)
HORIZON = 400  # days looked ahead before "never open again" is said
EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Interval = tuple[datetime, datetime]


class NoOpeningHours(Exception):
    """The calendar has no staffed hour ahead, so nothing can be promised."""


def _never(day: date) -> bool:
    return False


@dataclass(frozen=True)
class Calendar:
    """When the service is staffed: weekly windows in its own zone, less public holidays and closures.

    weekly maps a weekday (Monday 0) to windows (opens, closes) of one day; a closing time of 00:00 is midnight at the
    day's end. closures are UTC intervals. holiday says whether a local date is one. on_call are UTC intervals in which
    somebody reads what cannot wait; they count in watched alone. before is
    the calendar that held until the moment since: hours that were worked stay worked, whatever is changed later.
    """

    zone: ZoneInfo
    weekly: dict[int, tuple[tuple[time, time], ...]]
    holiday: Callable[[date], bool] = _never
    closures: tuple[Interval, ...] = ()
    on_call: tuple[Interval, ...] = ()
    since: datetime | None = None
    before: "Calendar | None" = None
    _also: tuple[Interval, ...] = ()
    _days: dict[date, tuple[Interval, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _closed(self) -> tuple[Interval, ...]:
        return tuple(sorted(self.closures))

    @cached_property
    def _held(self) -> "tuple[tuple[Calendar, datetime, datetime], ...]":
        """Which calendar held, from when and until when, oldest first; one that was undone before it began is not here.

        A loop and no recursion: a manager may save hundreds of versions in one sitting.
        """
        found: list[tuple[Calendar, datetime, datetime]] = []
        one: Calendar | None = self
        ends = NEVER
        while one is not None:
            begins = EVER if one.since is None or one.before is None else one.since
            if begins < ends:
                found.append((one, begins, ends))
            one, ends = one.before if begins > EVER else None, min(begins, ends)
        return tuple(reversed(found))

    @cached_property
    def _has_moved(self) -> bool:
        """Whether another zone held before."""
        return len({calendar.zone for calendar, _, _ in self._held}) > 1

    @cached_property
    def watched(self) -> "Calendar":
        """The calendar of the hours in which somebody reads red: staffed or on call."""
        return replace(self, on_call=(), _also=self.on_call, _days={}) if self.on_call else self

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def on_day(self, day: date) -> tuple[Interval, ...]:
        """The staffed intervals that open on this local date, oldest first."""
        if day not in self._days:
            self._days[day] = tuple(_merged(sorted([*self._held_on(day), *self._also_on(day)])))
        return self._days[day]

    def _held_on(self, day: date) -> Iterator[Interval]:
        """This calendar's own hours from its beginning on, and those of the ones before while they held."""
        middle = datetime.combine(day, time(12), UTC)
        for calendar, begins, ends in self._held:
            # Wherever on earth, that date is over two days later, and did not begin two days earlier.
            if begins < middle + 2 * DAY and ends > middle - 2 * DAY:
                for opens, closes in calendar._staffed_on(day):
                    if opens < ends and closes > begins:
                        yield max(opens, begins), min(closes, ends)

    def _staffed_on(self, day: date) -> Iterator[Interval]:
        if self.holiday(day):
            return
        for window in _merged(self._windows(day)):
            yield from _without(window, self._closed)

    def _also_on(self, day: date) -> Iterator[Interval]:
        """What lies on this local date of the intervals that are no windows."""
        if not self._also:
            return
        starts, ends = self._utc(day, time(0), fold=0), self._utc(day + DAY, time(0), fold=0)
        for begins, over in self._also:
            if begins < ends and over > starts:
                yield max(begins, starts), min(over, ends)

    def _windows(self, day: date) -> Iterator[Interval]:
        for opens, closes in sorted(self.weekly.get(day.weekday(), ())):
            midnight = closes == time(0)
            ends = self._utc(day + DAY, closes, fold=0) if midnight else self._utc(day, closes, fold=1)
            yield self._utc(day, opens, fold=0), ends

    def _utc(self, day: date, wall: time, *, fold: int) -> datetime:
        aware = datetime.combine(day, wall, self.zone).replace(fold=fold)
        there = aware.astimezone(UTC)
        if there.astimezone(self.zone).replace(tzinfo=None) == aware.replace(tzinfo=None):
            return there
        # In the gap: with the offset before it, the wall time lands as far past the gap's end as it lies inside.
        before = aware.replace(fold=0).utcoffset() or ZERO
        after = aware.replace(fold=1).utcoffset() or ZERO
        early, late = (datetime.combine(day, wall, UTC) - offset for offset in (after, before))
        return _transition(early, late, self.zone)

    def intervals(self, start: datetime) -> Iterator[Interval]:
        """The staffed intervals from start on, the first one cut to begin no earlier than start."""
        # Only where the zone was changed the dates overlap: sorting them everywhere would cost 1.7 times as much.
        today, before = self.local(start).date(), 2 if self._has_moved else 1
        dates = (today + days * DAY for days in range(-before, HORIZON))
        found = self._by_opening(dates) if self._has_moved else chain.from_iterable(map(self.on_day, dates))
        for opens, closes in found:
            if closes > start:
                yield max(opens, start), closes
                start = closes  # where the clocks go back over midnight, two days' windows may share minutes

    def _by_opening(self, dates: Iterable[date]) -> Iterator[Interval]:
        """The staffed intervals of these local dates, oldest first, where the zone was changed.

        A date's last hours by one zone may come after the next date's first by the other.
        """
        ahead: list[Interval] = []
        for day in dates:
            ahead = sorted([*ahead, *self.on_day(day)])
            # Nowhere on earth does the date after this one begin earlier.
            while ahead and ahead[0][0] < datetime.combine(day, time(0), UTC):
                yield ahead.pop(0)
        yield from ahead

    def is_open(self, moment: datetime) -> bool:
        return any(opens == moment for opens, _ in islice(self.intervals(moment), 1))

    def next_open(self, moment: datetime) -> datetime:
        """This moment when it is staffed, else the next one that is. Raises NoOpeningHours."""
        return self._first(moment)[0]

    def next_close(self, moment: datetime) -> datetime:
        """When the window that is open now, or opens next, ends. Raises NoOpeningHours."""
        return self._first(moment)[1]

    def _first(self, moment: datetime) -> Interval:
        for interval in self.intervals(moment):
            return interval
        raise NoOpeningHours

    def staffed(self, start: datetime, end: datetime) -> timedelta:
        """How much staffed time lies between two moments; zero when end is not after start."""
        total = ZERO
        for opens, closes in self.intervals(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """When this much staffed time has passed since start; start itself for none. Raises NoOpeningHours."""
        if amount <= ZERO:
            return start
        left = amount
        for opens, closes in self.intervals(start):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise NoOpeningHours

    def closing_after(self, start: datetime, working_days: int) -> datetime:
        """Closing time of the nth working day after the one that start falls on, or waits for. UTC."""
        day = self.local(self.next_open(start)).date()
        for _ in range(working_days):
            day = self._next_working_day(day)
        # Where the clocks go back over midnight, an open minute may show a date that has no window of its own.
        return (self.on_day(day) or self.on_day(self._next_working_day(day)))[-1][1]

    def _next_working_day(self, day: date) -> date:
        for _ in range(HORIZON):
            day += DAY
            if self.on_day(day):
                return day
        raise NoOpeningHours


def _merged(windows: Iterable[Interval]) -> Iterator[Interval]:
    """Windows by their opening, with those that touch or overlap as one: an hour is staffed once."""
    kept: Interval | None = None
    for opens, closes in windows:
        if kept is None or opens > kept[1]:
            if kept:
                yield kept
            kept = opens, closes
        else:
            kept = kept[0], max(kept[1], closes)
    if kept:
        yield kept


def _without(window: Interval, closures: tuple[Interval, ...]) -> Iterator[Interval]:
    start, end = window
    for closed_from, closed_to in closures:
        if closed_to <= start or closed_from >= end:
            continue
        if closed_from > start:
            yield start, closed_from
        start = max(start, closed_to)
    if start < end:
        yield start, end


def _transition(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The moment between two UTC ones at which the zone's offset changes, to the second."""
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late
