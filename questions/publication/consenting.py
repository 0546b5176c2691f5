"""What an asker says about publishing: after the answer, changed at any time, and silence means no."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer import history
from askpeer.errors import Refused, Stale
from questions import states
from questions.models import Question, Round
from questions.publication import nominating, withdrawing
from questions.publication.models import Consent, Publication

Choice = Consent.Choice
Status = Publication.Status
WRITTEN = (Status.ANONYMISED, Status.PUBLISHED)


@transaction.atomic
def consent(*, question: Question, round_number: int, choice: str, now: datetime, version: int | None = None) -> None:
    """Record yes, show_me or no. A first yes or show_me makes the candidate; no takes down what there is, and
    show_me takes it off until a yes.

    version is that of the text the asker was shown, where one was: a yes is for that text alone. Raises Refused before
    there is an answer, for an unknown choice, where this is never published, and where the ledger cannot take a no or
    a yes taken back; Stale when another text stands.
    """
    if choice not in Choice.values:
        raise Refused(_("Choose one: yes, show me first, or no."))
    turn = _answered(question, round_number)
    publication = None
    if choice != Choice.NO:
        publication = _nominated(turn, choice, now=now)
    if publication and choice == Choice.YES:
        _check_seen(publication, version)
    said_yes = standing(question, round_number=round_number) == Choice.YES
    seen = version if choice == Choice.YES else None
    Consent.objects.create(round=turn, choice=choice, at=now, publication=publication, version=seen)
    if choice == Choice.NO:
        withdrawing.withdraw_round(turn, now=now)
    elif publication and choice == Choice.SHOW_ME:
        withdrawing.take_back_yes(publication, said_yes=said_yes, now=now)
    facts = {"round": round_number, "choice": choice}
    history.record(subject=question.subject, kind="consented", actor="asker", now=now, facts=facts)


def _nominated(turn: Round, choice: str, *, now: datetime) -> Publication:
    """The publication that a yes or show_me is about. Whoever says show_me to one that is there only takes it off."""
    found = nominating.live(turn.question).filter(round_number=turn.number).first()
    if found is None or choice == Choice.YES:
        nominating.check_may_be_published(turn.question)
    return found or nominating.candidate(turn, now=now)


def _check_seen(publication: Publication, version: int | None) -> None:
    """Nobody agrees to a text that they have not seen once there is one."""
    written = publication.version if publication.status in WRITTEN else None
    if version == written:
        return
    if version is None:
        raise Stale(_("There are words to read now. Please read them, then choose again."))
    raise Stale(_("We changed the words a moment ago. Please read them again."))


def _answered(question: Question, round_number: int) -> Round:
    """The round, its question locked so that two clicks make one candidate."""
    held = Question.objects.select_for_update().get(pk=question.pk)
    turn = held.rounds.filter(number=round_number).first()
    if held.status == states.WITHDRAWN or turn is None or turn.answered_at is None:
        raise Refused(_("You can choose this once your answer is here."))
    turn.question = held
    return turn


def standing(question: Question, *, round_number: int) -> str:
    """The choice that holds now, "" where the asker said nothing."""
    latest = _latest(question, round_number)
    return latest.choice if latest else ""


def written(question: Question, *, round_number: int | None = None) -> Publication | None:
    """The public text of a round, waiting for a yes or published; without a round the last that has no yes, else the
    last there is."""
    texts = nominating.live(question).filter(status__in=WRITTEN).order_by("-round_number")
    if round_number is not None:
        texts = texts.filter(round_number=round_number)
    found = list(texts)
    for text in found:
        text.question = question  # so that holds() does not fetch it again
    if len(found) < 2:
        return found[0] if found else None
    said = _said(question)
    return next((text for text in found if not _agrees(text, said.get(text.round_number, []))), found[0])


def holds(publication: Publication) -> bool:
    """Whether the asker's last word is yes to this very text, or a yes to whatever we write.

    That is one from before it was written, by somebody who never wanted to see it first.
    """
    question = publication.question
    return question is not None and _agrees(publication, _said(question).get(publication.round_number, []))


def _agrees(publication: Publication, said: list[Consent]) -> bool:
    """said: all that the asker ever said of the round, as it came."""
    latest = said[-1] if said else None
    if latest is None or latest.choice != Choice.YES or latest.publication_id != publication.pk:
        return False
    if latest.version is not None:
        return latest.version == publication.version
    return all(one.choice != Choice.SHOW_ME for one in said)


def _said(question: Question) -> dict[int, list[Consent]]:
    """{round: all that was said of it, as it came: a clock may have been wrong}. 1 SQL; a row a press of the button."""
    found: dict[int, list[Consent]] = defaultdict(list)
    for one in Consent.objects.filter(round__question=question).select_related("round").order_by("id"):
        found[one.round.number].append(one)
    return found


def _latest(question: Question, round_number: int) -> Consent | None:
    said = Consent.objects.filter(round__question=question, round__number=round_number)
    return said.order_by("-id").first()  # as they came: a clock may have been wrong
