"""What the last page before sending shows: details that were found, and answers that may be near."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from askpeer import details
from questions import states
from questions.intake import risk
from questions.intake.cards import LABELS
from questions.models import Topic
from questions.publication import searching

SIMILAR = 5


@dataclass(frozen=True)
class Look:
    """text and timeline are cut at the personal details in them, found are their kinds in words; similar are library
    answers, cards are their labels.
    """

    text: list[details.Piece]
    timeline: list[list[details.Piece]]
    found: list[str]
    similar: list[Any]
    cards: list[Any]
    topic: str


def look(kept: dict[str, Any], *, clean: bool) -> Look:
    """Read what waits in a draft once more; clean is for the topic's clean label.

    After a risk phrase no answers are offered: a person comes first.
    """
    moments = kept.get("timeline", [])
    text = "\n".join([kept.get("text", ""), *moments])
    topic = Topic.objects.filter(slug=kept.get("topic") or "").first()
    calm = risk.level_of(text).level == states.GREEN
    return Look(
        text=details.marked(kept.get("text", "")),
        timeline=[details.marked(moment) for moment in moments],
        found=list(dict.fromkeys(_name(detail.kind) for detail in details.find(text))),
        similar=list(searching.similar(text, topic=topic, limit=SIMILAR)) if calm and text.strip() else [],
        cards=[LABELS[card] for card in kept.get("cards", [])],
        topic=topic.said(clean=clean) if topic else "",
    )


def _name(kind: str) -> str:
    return {
        "phone": _("a phone number"),
        "email": _("an e-mail address"),
        "link": _("a link"),
        "postcode": _("a postcode"),
        "handle": _("a user name"),
        "name": _("your name"),
        "school": _("a school"),
    }[kind]
