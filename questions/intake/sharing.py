"""Whether an answer may be shared, as the asker sees and chooses it; publication keeps the consent itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from questions.models import Question
from questions.publication import consenting, nominating
from questions.publication.models import Consent, Publication, PublicText

Status = Publication.Status


@dataclass(frozen=True)
class Sharing:
    """What was chosen last ("" for nothing yet), and the text to look at, once somebody wrote it, with its version.

    changed says that a yes was for other words than these. offered is False where this is never published, and then
    nobody is asked.
    """

    choice: str
    offered: bool = True
    shown: PublicText | None = None
    version: int | None = None
    is_public: bool = False
    changed: bool = False


def state(question: Question) -> Sharing:
    """How it stands, for the question's page: of the text there is, else of the whole question."""
    said = Consent.objects.filter(round__question=question)
    written = consenting.written(question)
    if written is None:
        choice = _choice(said.first())
        return Sharing(choice, offered=bool(choice) or nominating.may_be_published(question))
    choice = _choice(said.filter(round__number=written.round_number).first())
    is_public = written.status == Status.PUBLISHED
    if not nominating.may_be_published(question):  # any more: what was chosen can be taken back, and that is all
        return Sharing(choice, offered=bool(choice), is_public=is_public)
    changed = choice == Consent.Choice.YES and not consenting.holds(written)
    return Sharing(choice, True, written.draft, written.version, is_public, changed)


def _choice(said: Consent | None) -> str:
    return said.choice if said else ""


def is_published(question: Question) -> bool:
    """Whether anything made from it stands in the library."""
    return Publication.objects.filter(question=question, status=Status.PUBLISHED).exists()


@transaction.atomic
def choose(*, question: Question, choice: str, version: int | None, now: datetime) -> None:
    """Give, change or take back consent: for the text that was shown, in this version, else for the newest answer.

    A no is for every answer of the question. Raises Refused, Stale when another text stands.
    """
    written, answered = consenting.written(question), _last_answered(question)
    # A yes to no text at all is for a newer answer, where the text there is has its yes. A show_me takes that text off.
    is_bare_yes = choice == Consent.Choice.YES and version is None
    is_newer = is_bare_yes and written and written.round_number < answered and consenting.holds(written)
    numbers = {written.round_number if written and not is_newer else answered}
    if choice == Consent.Choice.NO:
        numbers.update(nominating.live(question).values_list("round_number", flat=True))
    for number in sorted(numbers):
        consenting.consent(question=question, round_number=number, choice=choice, version=version, now=now)


def _last_answered(question: Question) -> int:
    """The number of the last round that has its answer, 0 where none has; consent() refuses that one."""
    return max(question.rounds.filter(answered_at__isnull=False).values_list("number", flat=True), default=0)
