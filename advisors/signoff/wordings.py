"""Sentences for redirects and holding replies, which two people approved before anybody needed them."""

import tomllib
from collections.abc import Collection
from pathlib import Path

from django.db.models import QuerySet

from advisors.models import Person
from advisors.signoff.models import Wording
from askpeer.errors import Refused, Stale

STARTERS = Path(__file__).parent / "data" / "wordings.toml"


def in_use() -> QuerySet[Wording]:
    """Those that may be sent."""
    return Wording.objects.filter(approver__isnull=False, retired_at=None)


def approved(kind: str, *, language: str) -> list[Wording]:
    """What may be sent in this language, one for each code; English stands in where a translation is missing."""
    rows = in_use().filter(kind=kind, language__in={language, "en"})
    best: dict[str, Wording] = {}
    for row in rows:
        if row.code not in best or row.language == language:
            best[row.code] = row
    return sorted(best.values(), key=lambda row: (row.position, row.label))


def choose(kind: str, code: str, *, language: str, shown: Collection[int] | None = None) -> Wording:
    """The approved sentence for a code. shown are the ids of those that whoever chose could read; None for no page.

    Raises Refused when there is none, Stale where its words are other ones by now.
    """
    found = next((row for row in approved(kind, language=language) if row.code == code), None)
    if found is None:
        raise Refused("Choose one of the approved sentences in the list.")
    if shown is not None and found.pk not in shown:
        raise Stale("This sentence has other words since you opened this page. Read them below, then send it again.")
    return found


def load(*, writer: Person, approver: Person) -> int:
    """Bring in the starter sentences as the work of two people; return how many are there. Existing codes stay."""
    found = tomllib.loads(STARTERS.read_text())["wording"]
    rows = [Wording(**row, position=place, writer=writer, approver=approver) for place, row in enumerate(found)]
    Wording.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
