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
    """details are kinds in words, similar are library answers, cards are their labels."""

    details: list[str]
    similar: list[Any]
    cards: list[Any]
    topic: str


def look(kept: dict[str, Any], *, language: str) -> Look:
    """Read what waits in a draft once more. After a risk phrase no answers are offered: a person comes first."""
    text = "\n".join([kept.get("text", ""), *kept.get("timeline", [])])
    topic = Topic.objects.filter(slug=kept.get("topic") or "").first()
    calm = risk.level_of(text, language=language).level == states.GREEN
    return Look(
        details=list(dict.fromkeys(_name(found.kind) for found in details.find(text))),
        similar=list(searching.similar(text, topic=topic, limit=SIMILAR)) if calm and text.strip() else [],
        cards=[LABELS[card] for card in kept.get("cards", [])],
        topic=topic.label if topic else "",
    )


def _name(kind: str) -> str:
    return {
        "phone": _("a phone number"),
        "email": _("an e-mail address"),
        "link": _("a link"),
        "postcode": _("a postcode"),
        "handle": _("a user name"),
    }[kind]
