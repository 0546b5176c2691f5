"""What every asker page knows: the crisis line, where leaving leads, and the languages to choose from."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from questions.intake import helping, languages

T = TypeVar("T")

WEATHER = "https://www.bbc.co.uk/weather"


def asker(request: HttpRequest) -> dict[str, Any]:
    """Templates call crisis and tongues only where they show them, so no staff page pays for it."""
    return {
        "crisis": _standing(lambda: helping.line(getattr(request, "lives_in", ""), now=timezone.now()), ""),
        "tongues": _standing(languages.offered, []),
        "leave_to": WEATHER,
    }


def _standing(read: Callable[[], T], otherwise: T) -> Callable[[], T]:
    """What this reads; an error page has to stand without a database."""

    def value() -> T:
        try:
            return read()
        except DatabaseError:
            return otherwise

    return value


def lives_in(request: HttpRequest, nation: str) -> None:
    """The crisis line above this page is that of where its asker lives, once they have said where."""
    request.lives_in = nation  # type: ignore[attr-defined]
