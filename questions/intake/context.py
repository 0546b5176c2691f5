"""What every asker page knows: the crisis line, where leaving leads, the languages, and whose page it is."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from questions.intake import helping, languages

T = TypeVar("T")
View = Callable[..., HttpResponse]

WEATHER = "https://www.bbc.co.uk/weather"


def asker(request: HttpRequest) -> dict[str, Any]:
    """Templates call crisis and tongues only where they show them, so no staff page pays for it."""
    return {
        "crisis": _standing(lambda: helping.line(getattr(request, "lives_in", ""), now=timezone.now()), ""),
        "tongues": _standing(languages.offered, []),
        "leave_to": WEATHER,
        "owner": _owner(request),
    }


def posts_of(page: str) -> Callable[[View], View]:
    """Only a POST acts here. What is drawn at this address leads to the page with this route's name instead of back to
    itself: a browser could only GET it.
    """

    def decorate(view: View) -> View:
        guarded: View = require_POST(view)
        guarded.owner = page  # type: ignore[attr-defined]
        return guarded

    return decorate


def _owner(request: HttpRequest) -> str:
    """The path of the page that the form of this address stands on; "" for an address that is a page itself."""
    match = request.resolver_match
    if match is None:
        return ""
    # A choice of language that was refused would lead back to itself without end.
    page = "intake:landing" if match.view_name == "set_language" else getattr(match.func, "owner", "")
    return reverse(page) if page else ""


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
