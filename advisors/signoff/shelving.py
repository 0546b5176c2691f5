"""What waits at the library's desk: answers hidden by a report, texts to check, texts to write."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Q, Value, When

from advisors import roles
from advisors.models import Person
from advisors.signoff import seeing
from questions.models import Message
from questions.publication import consenting
from questions.publication.models import Publication

Status = Publication.Status
SIZE = 30
NAMES = ("Reported and hidden", "Waits for a second person", "Waits to be written")
CHOICES = {"yes": "Yes", "show_me": "Show me first", "no": "No", "": "Nothing yet"}


class Shelf(NamedTuple):
    """One page of publications, each with its state in words, and the cursor of the next page, "" at the end."""

    items: list[tuple[Publication, str]]
    cursor: str


class Proof(NamedTuple):
    """What the asker said, in words, and whether it is a yes to this very text."""

    said: str
    holds: bool


def waiting(person: Person, *, cursor: str = "") -> Shelf:
    """What this reviewer can work on, hidden ones first. 1 SQL. Raises Refused."""
    roles.check_review(person)
    hidden = Q(status=Status.PUBLISHED, hidden_at__isnull=False)
    rank = Case(When(hidden, then=Value(0)), When(status=Status.ANONYMISED, then=Value(1)), default=Value(2))
    rows = Publication.objects.filter(hidden | Q(status__in=[Status.CANDIDATE, Status.ANONYMISED]))
    rows = rows.filter(Q(question=None) | seeing.visible(person, question="question"))
    rows = rows.annotate(rank=rank).select_related("topic", "edited_by").order_by("rank", "pk")
    if place := _read(cursor):
        rows = rows.filter(Q(rank__gt=place[0]) | Q(rank=place[0], pk__gt=place[1]))
    found = list(rows[: SIZE + 1])
    last = found[SIZE - 1] if len(found) > SIZE else None
    return Shelf([(row, NAMES[row.rank]) for row in found[:SIZE]], f"{last.rank}~{last.pk}" if last else "")


def _read(cursor: str) -> tuple[int, UUID] | None:
    rank, _, pk = cursor.partition("~")
    try:
        return ("0", "1", "2").index(rank), UUID(pk)
    except ValueError:
        return None


def private(publication: Publication) -> list[Any]:
    """The private texts of the round it came from, in order; none when they have been erased."""
    question = publication.question
    if question is None or question.wrapped_key is None:
        return []
    rows = list(Message.objects.filter(round__question=question, round__number=publication.round_number))
    for row in rows:
        row.round.question = question
    return rows


def proof(publication: Publication) -> Proof:
    """Where the asker's consent stands."""
    question = publication.question
    if question is None:
        return Proof("The question has been erased; what was agreed before still holds", False)
    choice = consenting.standing(question, round_number=publication.round_number)
    return Proof(CHOICES[choice], consenting.holds(publication))
