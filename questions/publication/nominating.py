"""Which answers may ever be published, and the candidate that a yes makes."""

import uuid
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from askpeer import history, receipts
from askpeer.errors import Refused
from questions import states
from questions.models import LockedNote, Message, Question, Round
from questions.publication.changing import SEEN
from questions.publication.models import Publication


def may_be_published(question: Question) -> bool:
    """Never red, held or with a holding reply, never under 13 or unsaid, never about staff, never an unread doubt."""
    if question.level == states.RED or question.about_staff or question.quarantined:
        return False
    if question.age_band is None or question.age_band in states.UNDER_13:
        return False
    was_red = Message.objects.filter(round__question=OuterRef("pk"), kind=Message.Kind.HOLDING)
    is_held = LockedNote.objects.filter(about=OuterRef("pk"))
    return not Question.objects.filter(Exists(was_red) | Exists(is_held), pk=question.pk).exists()


def check_may_be_published(question: Question) -> None:
    if not may_be_published(question):
        raise Refused(_("We don't put this one in the library. It stays between you and us."))


def candidate(turn: Round, *, now: datetime) -> Publication:
    """The publication of this round that was not taken down, made if there is none. The caller holds the question."""
    question = turn.question
    found = live(question).filter(round_number=turn.number).first()
    if found:
        return found
    made = Publication.objects.create(
        question=question,
        round_number=turn.number,
        version=next_version(question),
        withdrawal_digest=receipts.withdrawal_digest(bytes(question.receipt_digest or b"")),
        slug=f"candidate-{uuid.uuid4().hex}",
        topic=question.topic,
        language=question.language,
    )
    history.record(subject=made.subject, kind="nominated", actor="asker", now=now)
    return made


def next_version(question: Question) -> int:
    """One that names no text of the question yet: a yes is for a version. The caller holds the question. 1 SQL."""
    return (Publication.objects.filter(question=question).aggregate(last=Max("version"))["last"] or 0) + 1


def live(question: Question) -> QuerySet[Publication]:
    """The publications made from a question that were not taken down."""
    return Publication.objects.filter(question=question, status__in=SEEN)
