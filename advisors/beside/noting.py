"""Notes on the margin: what the two write to each other, and who may read which."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from advisors.beside import going_on, rules
from advisors.beside.models import MarginNote, Sitting
from advisors.drafting import masking, timing
from advisors.drafting.models import Claim
from advisors.models import Person, Role
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Question

LONGEST = 1000


class Note(NamedTuple):
    """One note: who wrote it, when in words, its text, and whether it is the reader's own."""

    by: str
    when: str
    text: str
    own: bool


@transaction.atomic
def write(*, question: Question, note: str, by: Person, now: datetime) -> MarginNote:
    """Add a note to the other of the two; the advisor may write one before anybody came. Raises Refused, Erased."""
    text = clean(note)
    fresh = rules.lock(question)
    _check_is_one_of_the_two(by, fresh, now)
    return MarginNote.objects.create(round=fresh.round, writer=by, text=text, written_at=now)


def clean(note: str) -> str:
    """The text as it is kept. Raises Refused."""
    text = prose.canonical(note)
    if not text:
        raise Refused("Write your note first.")
    if len(text) > LONGEST:
        raise Refused(f"A note can have {LONGEST:,} characters at most. This one has {len(text):,}.")
    return text


def _check_is_one_of_the_two(by: Person, question: Question, now: datetime) -> None:
    rules.check_looks(by, question, now=now)
    if question.holder_id == by.pk:
        return
    there = going_on.of(question)
    if there is None or there.supervisor_id != by.pk:
        raise Refused("Sit down beside them first. Then you can write to each other.")


def of(question: Question, reader: Person) -> list[Note]:
    """The notes that this person may read, the oldest first. 1 SQL. What an advisor reads is masked."""
    names = masking.names_of(question) if question.holder_id == reader.pk else None
    told = []
    for row in _readable(question, reader).select_related("round", "writer"):
        row.round.question = question
        text = row.text if names is None else masking.mask(row.text, names)
        told.append(Note(row.writer.alias, timing.moment(row.written_at), text, row.writer_id == reader.pk))
    return told


def count(question: Question, reader: Person) -> int:
    """How many notes there are for this reader; notes are never changed, so a new number is all that is new. 1 SQL."""
    return _readable(question, reader).count()


def _readable(question: Question, reader: Person) -> QuerySet[MarginNote]:
    """The lead reads all; the others those that were written while they were one of the two, or before they sat down.

    The caller has made sure that they may see the question at all.
    """
    rows = MarginNote.objects.filter(round__question=question)
    if question.holder_id == reader.pk:
        return rows.filter(Exists(_held_then(reader)))
    return rows if reader.role == Role.LEAD else rows.filter(Exists(_sat_by_then(reader)))


def _held_then(reader: Person) -> QuerySet[Claim]:
    still = Q(released_at=None) | Q(released_at__gte=OuterRef("written_at"))
    return Claim.objects.filter(
        still,
        question=OuterRef("round__question"),
        round_number=OuterRef("round__number"),
        person=reader,
        claimed_at__lte=OuterRef("written_at"),
    )


def _sat_by_then(reader: Person) -> QuerySet[Sitting]:
    still = Q(ended_at=None) | Q(ended_at__gte=OuterRef("written_at"))
    return Sitting.objects.filter(still, round=OuterRef("round"), supervisor=reader)
