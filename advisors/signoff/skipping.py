"""Drafts that a reviewer does not want to read just now: half an hour, for them alone, in their session."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

FOR = timedelta(minutes=30)
KEY = "skipped"


class Kept(Protocol):
    """What a session does for it."""

    def get(self, key: str, default: dict[str, str]) -> dict[str, str]: ...
    def __setitem__(self, key: str, value: dict[str, str]) -> None: ...


def skip(session: Kept, draft: UUID, *, now: datetime) -> datetime:
    """Step over this draft until the moment returned."""
    until = now + FOR
    session[KEY] = _written(current(session, now=now) | {draft: until})
    return until


def undo(session: Kept, draft: UUID, *, now: datetime) -> None:
    session[KEY] = _written({pk: until for pk, until in current(session, now=now).items() if pk != draft})


def current(session: Kept, *, now: datetime) -> dict[UUID, datetime]:
    """What is stepped over now, and until when."""
    kept = {UUID(pk): datetime.fromisoformat(until) for pk, until in session.get(KEY, {}).items()}
    return {pk: until for pk, until in kept.items() if until > now}


def _written(skipped: dict[UUID, datetime]) -> dict[str, str]:
    return {str(pk): until.isoformat() for pk, until in skipped.items()}
