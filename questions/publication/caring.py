"""Who helps right now, where a search of the library sounds like danger: the page and partners' pages ask here."""

from datetime import datetime

from questions import states
from questions.intake import helping, risk
from questions.publication.searching import Page


def helpers(typed: str, page: Page, *, now: datetime) -> list[helping.Helper] | None:
    """Who is awake, None where nothing sounds like danger: neither all that was typed nor what was meant by it."""
    said = filter(None, (typed, page.looked_for))
    if all(risk.level_of(words).level == states.GREEN for words in said):
        return None
    return helping.services(nation="", age_band="rather-not-say", now=now)
