"""Where somebody is signed in. Nothing says on which device: only since when, and when last."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from advisors.models import Person


class Place(NamedTuple):
    """One session. since and seen are None where nobody has opened a page in it yet."""

    since: datetime | None
    seen: datetime | None
    is_this: bool


def places(person: Person, *, this: str | None, now: datetime) -> list[Place]:
    """Every session of this person that has not ended, this one first, then by when it was last used."""
    found = [
        Place(_moment(data.get("since")), _moment(data.get("seen")), row.session_key == this)
        for row, data in _of(person)
        if row.expire_date > now
    ]
    found.sort(key=lambda place: place.seen or datetime.min.replace(tzinfo=UTC), reverse=True)
    return sorted(found, key=lambda place: not place.is_this)


def end(person: Person, *, but: str | None = None, now: datetime) -> int:
    """Sign this person out everywhere, or everywhere but here; return how many places that were, without those that
    had ended by themselves.
    """
    gone = [row for row, _data in _of(person) if row.session_key != but]
    Session.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return sum(row.expire_date > now for row in gone)


def _of(person: Person) -> Iterator[tuple[Session, dict]]:
    for session in Session.objects.iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(person.pk):
            yield session, data


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
