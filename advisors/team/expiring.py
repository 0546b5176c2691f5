"""The end of somebody's training: seen coming for 30 days, and told twice by mail."""

from datetime import date, datetime, timedelta

from advisors.models import Person, Role
from askpeer import outbox
from questions import holding

AHEAD = timedelta(days=30)
# For as many days a letter is put that no purge has put yet. Fewer than any settled row is kept: its key says "once".
LATE = timedelta(days=6)
SOON, OVER = "soon", "over"


def is_near(last_day: date, *, now: datetime) -> bool:
    """Whether this last day is at most 30 days ahead, or over."""
    return last_day - holding.today(now) <= AHEAD


def ends_on(person: Person, *, now: datetime) -> date | None:
    """An advisor's last day, where it is ahead and near."""
    until = person.trained_until
    if person.role != Role.ADVISOR or until is None or until < holding.today(now):
        return None
    return until if is_near(until, now=now) else None


def tell(*, now: datetime) -> int:
    """Put a letter 30 days before somebody's training ends and one when it has; return how many are due. 3 SQL."""
    today = holding.today(now)
    over = today - timedelta(days=1)
    rows = _ending(today + AHEAD - LATE, today + AHEAD, SOON) | _ending(over - LATE, over, OVER)
    if rows:
        outbox.put_all("training-ends", rows, now=now)
    return len(rows)


def is_still_so(person: Person, until: str) -> bool:
    """Whether what a letter tells still holds: it was not renewed, and they still are an advisor."""
    return person.role == Role.ADVISOR and f"{person.trained_until}" == until


def _ending(first: date, last: date, when: str) -> dict[str, dict[str, str]]:
    """Key and references of a letter for each advisor whose last day is one of these."""
    people = Person.objects.filter(role=Role.ADVISOR, is_active=True, trained_until__range=(first, last))
    return {
        f"training-ends:{pk}:{until}:{when}": {"person": str(pk), "until": f"{until}", "when": when}
        for pk, until in people.values_list("pk", "trained_until")
    }
