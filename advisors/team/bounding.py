"""Which topics somebody keeps away from or wants to be asked about, and how much they take at most: theirs alone.

Sealed under their own key: no supervisor and no manager reads it, and nothing of it stands in the trail.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple

from advisors.models import OWN_MOST, Person
from askpeer.errors import Refused, Stale
from questions.models import Topic

FINE = "fine"
CHOICES = [("never", "Never"), ("ask", "Ask me first"), (FINE, "Fine")]
NAMES = dict(CHOICES)


class Bounds(NamedTuple):
    """A choice for the slug of every topic there is, and how many answers at once they want at most, None for no limit
    of their own.
    """

    choices: dict[str, str]
    most: int | None

    @property
    def digest(self) -> str:
        """What a page was made from, for the next one that is sent from it."""
        said = json.dumps([self.choices, self.most], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:32]


class Changed(Stale):
    """Another window saved meanwhile. kept: what stands now."""

    def __init__(self, kept: Bounds) -> None:
        super().__init__("This was changed in another window meanwhile. Here is what stands now, and what you chose.")
        self.kept = kept


def topics() -> list[Topic]:
    """What there is to choose about. 1 SQL."""
    return list(Topic.objects.all())


def of(person: Person, topics: list[Topic]) -> Bounds:
    """What stands; a topic that is no longer there is left out. 0 SQL."""
    never, ask = person.boundary_topics("never"), person.boundary_topics("ask")
    choices = {topic.slug: _choice(topic.slug, never, ask) for topic in topics}
    return Bounds(choices, person.own_most)


def _choice(slug: str, never: set[str], ask: set[str]) -> str:
    if slug in never:
        return "never"
    return "ask" if slug in ask else FINE


def keep(person: Person, choices: Mapping[str, str], most: int | None, *, seen: str, topics: list[Topic]) -> Bounds:
    """Write them down; what is said of a topic that is not there is dropped. The caller has locked the person.

    seen: the digest of what the page was made from. Raises Refused; Changed where another window was first.
    """
    kept = of(person, topics)
    if not set(choices.values()) <= NAMES.keys():
        raise Refused("Choose one of the three for each topic.")
    new = Bounds({slug: choices.get(slug, was) for slug, was in kept.choices.items()}, most)
    if kept.digest not in {seen, new.digest}:
        raise Changed(kept)
    said: dict[str, str | int] = {slug: choice for slug, choice in new.choices.items() if choice != FINE}
    if most is not None:
        said[OWN_MOST] = most
    person.boundaries = json.dumps(said, sort_keys=True) if said else None
    person.save(update_fields=["boundaries"])
    return new
