"""What the demo's advisors practised: all of it found good enough, and what Sam tried since."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from advisors.models import Person
from advisors.team import practising, teaching
from advisors.team.models import Attempt
from config.demo.content import rows

DAY = timedelta(days=1)


def answer_all(people: Iterable[Person], *, by: Person, at: datetime) -> None:
    """Every practice question has a good answer by each of them. In one go: the demo is there within seconds."""
    lines = rows("practice", of="attempt")
    Attempt.objects.bulk_create(_well(person, row, by, at) for person in people for row in lines)


def answer_one_track(person: Person, track: str, *, by: Person, at: datetime) -> None:
    """Enough for somebody to pass them on it."""
    lines = [row for row in rows("practice", of="attempt") if row["of"].startswith(f"{track}/")]
    Attempt.objects.bulk_create(_well(person, row, by, at) for row in lines)


def go_on(person: Person, *, by: Person, now: datetime) -> None:
    """One attempt that came back for another try, and one that waits."""
    for row, ago in zip(rows("practice", of="later"), (2 * DAY, DAY), strict=True):
        unit = teaching.find(*row["of"].split("/"))
        assert unit
        attempt = practising.send(unit=unit, words=row["text"], by=person, now=now - ago)
        if "feedback" in row:
            practising.mark(attempt=attempt, words=row["feedback"], good=False, by=by, now=now - DAY)


def _well(person: Person, row: dict[str, Any], by: Person, at: datetime) -> Attempt:
    track, slug = row["of"].split("/")
    values = {"text": row["text"], "feedback": row["feedback"], "feedback_by": by, "feedback_at": at, "good": True}
    return Attempt(person=person, track=track, unit=slug, at=at, **values)
