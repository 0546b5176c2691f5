"""What every asker page knows: the crisis line, and where leaving leads."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest

from questions.intake import helping

WEATHER = "https://www.bbc.co.uk/weather"


def asker(request: HttpRequest) -> dict[str, Any]:
    """Templates call crisis only where they show it, so no staff page pays for it."""
    return {"crisis": _crisis(), "leave_to": WEATHER}


def _crisis() -> Callable[[], str]:
    def crisis() -> str:
        try:
            return helping.line()
        except DatabaseError:
            return ""  # an error page has to stand without a database

    return crisis
