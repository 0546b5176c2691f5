"""Filters for what was said in a question's thread."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from questions.intake import sentences, talking
from questions.intake.cards import LABELS
from questions.intake.reading import Said

register = template.Library()


@register.filter
def moment(at: datetime) -> str:
    """A moment on the service's clock, e.g. "6pm on Thursday 27 November"."""
    return sentences.moment(at)


@register.filter
def day(at: datetime) -> str:
    """A day on the service's clock, e.g. "Thursday 27 November"."""
    return sentences.day(at)


@register.filter
def plain(said: Said) -> str:
    """What was said as plain text, cards and timeline included."""
    cards = ", ".join(str(LABELS[card]) for card in said.cards)
    text = said.text if said.voice == "asker" else talking.plain(said.text)
    return "\n".join(part for part in [text, cards, *said.timeline] if part)


@register.filter
def body(said: Said) -> str | SafeString:
    """The body for the message tag: our HTML as it was rendered on approval; the asker's text to be escaped."""
    if said.html:
        return SafeString(said.html)  # nosec B308 B703
    return plain(said)
