"""The sentences that are sent as they stand, as the manager sees them: what is in use, what waits, what is missing."""

from collections import defaultdict
from typing import NamedTuple

from advisors.signoff import rewording, wordings
from advisors.signoff.models import Wording
from questions.intake import languages


class Place(NamedTuple):
    """A code in one language: the words in use and those that wait, None where there are none."""

    language: str
    language_name: str
    now: Wording | None
    waits: Wording | None


class Text(NamedTuple):
    kind: str
    code: str
    label: str
    places: list[Place]


def listed() -> list[Text]:
    """Every code with each language that is offered, or in which there is something. 3 SQL."""
    now = {_key(row): row for row in wordings.in_use().order_by("position", "label", "pk")}
    waits = {_key(row): row for row in rewording.waiting()}
    languages_of: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, code, language in [*now, *waits]:
        languages_of[kind, code].add(language)
    offered = languages.offered()
    found = []
    for (kind, code), theirs in languages_of.items():
        codes = [*offered, *sorted(theirs - set(offered))]
        places = [_place(kind, code, one, now, waits) for one in codes]
        label = next(row.label for place in places for row in (place.now, place.waits) if row)
        found.append(Text(kind, code, label, places))
    return sorted(found, key=lambda text: text.kind != Wording.Kind.HOLDING)


Rows = dict[tuple[str, str, str], Wording]


def _key(row: Wording) -> tuple[str, str, str]:
    return row.kind, row.code, row.language


def _place(kind: str, code: str, language: str, now: Rows, waits: Rows) -> Place:
    key = kind, code, language
    return Place(language, languages.name_of(language), now.get(key), waits.get(key))


def find(kind: str, code: str, language: str) -> Place:
    """2 SQL."""
    now = wordings.in_use().filter(kind=kind, code=code, language=language).first()
    waits = rewording.waiting(kind, code, language).first()
    return Place(language, languages.name_of(language), now, waits)
