"""What somebody's rubrics say of how they write, in words: for themselves alone."""

from collections.abc import Iterable
from typing import NamedTuple

from advisors.drafting import masking
from advisors.drafting.models import Draft
from advisors.models import Person
from advisors.signoff.models import Rubric

LOOKED_AT = 10  # whole rubrics, the newest
MOST_PHRASES = 5
SKILLS = {
    "reaction": "Warmth for what they feel",
    "interpretation": "Saying back what they mean",
    "exploration": "Opening a way to think further",
}
# From this mean of 0 to 2 on, what it says.
SAID = ((1.75, "nearly always there"), (1.25, "often there"), (0.75, "on its way"), (0.0, "something to work on"))


class Skill(NamedTuple):
    """One line of the rubric and how it went lately, in words."""

    label: str
    said: str


class Skills(NamedTuple):
    """marked: of how many answers. phrases: words of theirs that a reviewer marked as what worked, newest first."""

    marked: int
    skills: list[Skill]
    phrases: list[str]


def of(person: Person) -> Skills:
    """The means of the last ten whole rubrics under this person's own wording, still kept. 1 SQL."""
    rows = Rubric.objects.filter(
        version__writer=person,
        version__draft__kind=Draft.Kind.ANSWER,
        version__draft__round__question__about_staff=False,
        reaction__isnull=False,
    ).exclude(version__draft__round__question__recusals__person=person)
    newest = list(rows.select_related("version__draft__round__question").order_by("-at", "pk")[:LOOKED_AT])
    skills = [Skill(label, said([getattr(row, name) for row in newest])) for name, label in SKILLS.items() if newest]
    return Skills(len(newest), skills, _phrases(newest))


def said(marks: Iterable[int]) -> str:
    """How these marks of 0 to 2 are on average, in words."""
    kept = list(marks)
    mean = sum(kept) / len(kept)
    return next(words for least, words in SAID if mean >= least)


def _phrases(rows: list[Rubric]) -> list[str]:
    worked = [row for row in rows if row.phrase][:MOST_PHRASES]
    return [masking.hide(row.phrase or "", masking.names_of(row.version.draft.round.question)) for row in worked]
