"""The rubric: how a reviewer found a wording. Safety and accuracy always, all of it where somebody still learns."""

from datetime import datetime
from html import unescape
from typing import NamedTuple

from django.utils.html import strip_tags

from advisors.beside import probation
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person, Role
from advisors.signoff.models import Approval, Rubric
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Question

ONE_IN = 5  # of an advisor's answers is marked in full once their probation is over
PHRASE = 200  # characters
SCALE = dict(Rubric.MARKS)
UNSAFE = "Tick that it is safe. If it isn't, ask for changes instead."
INACCURATE = "Tick that it is accurate. If it isn't, ask for changes instead."


class Marks(NamedTuple):
    """safe and accurate are always said; the rest only where the whole rubric is asked for. phrase: words that worked.

    reaction, interpretation and exploration are 0, 1 or 2.
    """

    safe: bool
    accurate: bool
    reaction: int | None = None
    interpretation: int | None = None
    exploration: int | None = None
    personal: bool | None = None
    within_limits: bool | None = None
    phrase: str = ""

    @property
    def is_whole(self) -> bool:
        levels = (self.reaction, self.interpretation, self.exploration)
        return all(level in SCALE for level in levels) and None not in {self.personal, self.within_limits}


def is_whole_asked(version: DraftVersion, question: Question) -> bool:
    """Whether this signature comes with the whole rubric: the first one under an advisor's answer while they are on
    probation, and of one in five after. 2 SQL at most.
    """
    holder = question.holder
    if holder is None or holder.role != Role.ADVISOR or version.draft.kind != Draft.Kind.ANSWER:
        return False
    if not probation.is_on(holder) and holder.answers_given % ONE_IN != ONE_IN - 1:
        return False
    return not Approval.objects.filter(version=version, voided_at=None).exists()


def check(marks: Marks, version: DraftVersion, question: Question) -> Marks:
    """The marks that are kept: without what was not asked for. Raises Refused."""
    if not marks.safe:
        raise Refused(UNSAFE)
    if not marks.accurate:
        raise Refused(INACCURATE)
    if not is_whole_asked(version, question):
        return Marks(safe=True, accurate=True)
    if not marks.is_whole:
        raise Refused("This time the whole rubric is asked for. Mark every line of it.")
    return marks._replace(phrase=_phrase(marks.phrase, version))


def _phrase(text: str, version: DraftVersion) -> str:
    phrase = prose.canonical(text)
    if not phrase:
        raise Refused("Copy the words that worked out of the draft. The author sees them later.")
    if len(phrase) > PHRASE:
        raise Refused(f"The words that worked can have {PHRASE} characters at most. These have {len(phrase):,}.")
    # As it was typed or as it reads: a reviewer may copy them from either.
    read = unescape(strip_tags(prose.render(version.text)))
    if not any(_one_line(phrase) in _one_line(words) for words in (version.text, read)):
        raise Refused("The words that worked have to stand in the draft, exactly like that.")
    return phrase


def _one_line(text: str) -> str:
    return " ".join(text.split())


def keep(marks: Marks, version: DraftVersion, by: Person, *, now: datetime) -> Rubric:
    """Write down what check() returned; a second time, over what the same person said before."""
    row = Rubric.objects.filter(version=version, by=by).first() or Rubric(version=version, by=by)
    row.version = version
    for name, mark in marks._asdict().items():
        setattr(row, name, mark)
    row.phrase, row.at = marks.phrase or None, now
    row.save()
    return row
