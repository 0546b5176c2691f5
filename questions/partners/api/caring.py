"""Who to show the young person before anything else, in the language of their question: what our own pages show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation

from questions import states
from questions.intake import helping, safety
from questions.models import Question
from questions.partners import rules
from questions.partners.api.serializers import HelperOut
from questions.partners.models import Partner


def after_asking(question: Question, *, partner: Partner, now: datetime) -> dict[str, Any]:
    """The members safety and outside of an answer to a new question; 0 SQL for a green one about nobody here."""
    with translation.override(question.language):
        helpers = _helpers(question, partner, now)
        return {
            "safety": _first(question, helpers, now),
            "outside": _outside(question, helpers, is_new=True),
        }


def on_the_way(question: Question, *, partner: Partner, now: datetime) -> dict[str, Any]:
    """The same two members for a question that was asked before."""
    with translation.override(question.language):
        helpers = _helpers(question, partner, now)
        return {"safety": _beside(question, helpers), "outside": _outside(question, helpers)}


def _helpers(question: Question, partner: Partner, now: datetime) -> list[helping.Helper]:
    if question.level == states.GREEN and not question.about_staff:
        return []
    nation, age_band = question.nation or "", question.age_band or rules.UNSAID
    return rules.services(partner, nation=nation, age_band=age_band, now=now, awake=True)


def _first(question: Question, helpers: list[helping.Helper], now: datetime) -> dict[str, Any] | None:
    if question.level == states.GREEN:
        return None
    safe = safety.safe(question, helpers, now=now)
    return {"title": safe.title, "text": safe.text, "services": told(helpers)}


def _beside(question: Question, helpers: Sequence[helping.Helper]) -> dict[str, Any] | None:
    if question.level == states.GREEN:
        return None
    title = safety.people() if helpers else safety.not_alone()
    text = safety.not_alone() if helpers else safety.unknown_there()
    return {"title": title, "text": text, "services": told(helpers)}


def _outside(question: Question, helpers: Sequence[helping.Helper], *, is_new: bool = False) -> dict[str, Any] | None:
    if not question.about_staff:
        return None
    return {"text": safety.outside(question, helpers, is_new=is_new), "services": told(helpers)}


def told(helpers: Sequence[helping.Helper]) -> list[dict[str, Any]]:
    return [dict(HelperOut(helper).data) for helper in helpers]
