"""The days that figures are about: any range on the dashboard, whole months alone for what tells of askers."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from askpeer import calendars
from askpeer.errors import Refused

DAY = timedelta(days=1)
USUAL = 30  # days, where nobody says which
MOST = 366  # days
MONTHS_OFFERED = 6
DAY_EXPECTED = "Write both days like 2026-10-01."
MONTH_EXPECTED = "Write the month like 2026-10."


class Period(NamedTuple):
    """Whole days on the service's own clock, the last one included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The moment after it, UTC."""
        return _midnight(self.last + DAY)

    @property
    def label(self) -> str:
        if self == month_of(self.first):
            return f"{self.first:%B %Y}"
        return f"{_said(self.first)} to {_said(self.last)}"

    @property
    def query(self) -> str:
        return f"from={self.first}&to={self.last}"


def today(now: datetime) -> date:
    return calendars.current().local(now).date()


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return Period(first, (first + 31 * DAY).replace(day=1) - DAY)


def last_month(now: datetime) -> Period:
    """The last month that is over."""
    return month_of(today(now).replace(day=1) - DAY)


def months(now: datetime) -> list[Period]:
    """The last ones that are over, newest first."""
    found = [last_month(now)]
    while len(found) < MONTHS_OFFERED:
        found.append(month_of(found[-1].first - DAY))
    return found


def usual(now: datetime) -> Period:
    return Period(today(now) - (USUAL - 1) * DAY, today(now))


def read(first: str, last: str, *, now: datetime) -> Period:
    """The range that an address names; the last 30 days where it names none. Raises Refused."""
    if not first and not last:
        return usual(now)
    period = Period(_day(first), _day(last))
    if period.last < period.first:
        raise Refused("The last day cannot be before the first.")
    if period.last - period.first >= MOST * DAY:
        raise Refused(f"Choose {MOST} days at most.")
    if period.first > today(now):
        raise Refused("The first day cannot be ahead of today.")
    return period


def read_month(text: str, *, now: datetime) -> Period:
    """The month that an address names, which has to be over; the last one where it names none. Raises Refused."""
    if not text:
        return last_month(now)
    if len(text) != len("2026-10"):
        raise Refused(MONTH_EXPECTED)
    month = month_of(_day(f"{text}-01", MONTH_EXPECTED))
    if month.last >= today(now):
        raise Refused("Choose a month that is over. Its numbers are not all there yet.")
    return month


def told_of_askers(period: Period, *, now: datetime) -> Period:
    """The month that figures about askers are of: two ranges that differ by a day would tell of that day's askers."""
    is_whole = period == month_of(period.first) and period.last < today(now)
    return period if is_whole else last_month(now)


def _day(text: str, expected: str = DAY_EXPECTED) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    # A week's day is read too, and the first and last years have no day before or after them.
    if found is None or str(found) != text or not 2000 <= found.year < 9000:
        raise Refused(expected)
    return found


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), calendars.current().zone).astimezone(UTC)
