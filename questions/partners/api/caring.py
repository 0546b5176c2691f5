"""Who to show the young person before anything else, in the language of their question: what our own pages show.

A search has no question: there it is the language of the request.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation

from questions import states
from questions.intake import helping, safety, sentences
from questions.intake.helping import Helper
from questions.models import Question
from questions.partners import rules
from questions.partners.api.serializers import HelperOut
from questions.partners.models import Partner
from questions.publication import caring as searches
from questions.publication.searching import Page


def after_asking(question: Question, *, partner: Partner, now: datetime) -> dict[str, Any]:
    """The members safety and outside of an answer to a new question; 0 SQL for a green one about nobody here."""
    with translation.override(question.language):
        own = helping.crisis(question, now=now)
        shown = _shown(question, own, partner, now)
        return {"safety": _first(question, own, shown, now), "outside": _outside(question, own, shown, is_new=True)}


def on_the_way(question: Question, *, partner: Partner, now: datetime) -> dict[str, Any]:
    """The same two members for a question that was asked before: whom its own page names, then the partner's."""
    with translation.override(question.language):
        own, beside = helping.crisis(question, now=now), helping.beside(question, now=now)
        shown = _shown(question, beside, partner, now)
        safe = _beside(question, own, shown) or _redirected(question, beside, shown)
        return {"safety": safe, "outside": _outside(question, own, shown)}


def while_searching(typed: str, page: Page, *, partner: Partner, now: datetime) -> dict[str, Any] | None:
    """The member safety of a search of the library, where our own page names who helps; 0 SQL where it does not."""
    own = searches.helpers(typed, page, now=now)
    if own is None:
        return None
    shown = rules.with_theirs(own, partner, nation="", age_band=rules.UNSAID, awake_at=now)
    text = safety.there_now() if own else safety.unknown_there()
    return {"title": safety.are_you_safe(), "text": text, "services": told(shown)}


def _shown(question: Question, own: list[Helper], partner: Partner, now: datetime) -> list[Helper]:
    if not own and question.level == states.GREEN and not question.about_staff:
        return []
    nation, age_band = helping.place_and_age(question)
    return rules.with_theirs(own, partner, nation=nation, age_band=age_band, awake_at=now)


def _first(question: Question, own: list[Helper], shown: list[Helper], now: datetime) -> dict[str, Any] | None:
    if question.level == states.GREEN:
        return None
    safe = safety.safe(question, own, now=now)
    return {"title": safe.title, "text": safe.text, "services": told(shown)}


def _beside(question: Question, own: list[Helper], shown: list[Helper]) -> dict[str, Any] | None:
    said = safety.beside(question, own)
    return {"title": said.title, "text": said.text, "services": told(shown)} if said else None


def _redirected(question: Question, beside: list[Helper], shown: list[Helper]) -> dict[str, Any] | None:
    """For a green question: who knows more than us, where its page names somebody."""
    if question.status != states.REDIRECTED or not beside:
        return None
    return {"title": safety.people(question), "text": sentences.redirected(), "services": told(shown)}


def _outside(
    question: Question, own: list[Helper], shown: list[Helper], *, is_new: bool = False
) -> dict[str, Any] | None:
    if not question.about_staff:
        return None
    return {"text": safety.outside(question, own, is_new=is_new), "services": told(shown)}


def told(helpers: Sequence[Helper]) -> list[dict[str, Any]]:
    return [dict(HelperOut(helper).data) for helper in helpers]
