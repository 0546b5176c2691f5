"""The library's desk: what waits there, and the acts of those who read the question's language."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.safestring import SafeString, mark_safe

from advisors import roles
from advisors.drafting import fitting
from advisors.models import Person
from advisors.signoff import seeing
from advisors.team import locking
from askpeer import prose
from askpeer.details import Piece
from askpeer.errors import Refused
from questions import holding
from questions.intake import languages
from questions.models import Message
from questions.publication import anonymising, combining, consenting, hiding, publishing, recognising, searching
from questions.publication.models import Consent, Publication

Status = Publication.Status
AGAIN, OUT = "again", "library"  # the parts: to be read again, and all that is in the library
SIZE = 30
MOST = 100  # are counted; above that it is "99+"
HIDDEN = Q(status=Status.PUBLISHED, hidden_at__isnull=False)
NAMES = ("Reported and hidden", "Read it again", "Waits for a second person", "Waits to be written", "In the library")
CHOICES = {"yes": "Yes", "show_me": "Show me first", "no": "No", "": "Nothing yet"}


class Shelf(NamedTuple):
    """One page of publications, each with its state in words, and the cursor of the next page, "" at the end."""

    items: list[tuple[Publication, str]]
    cursor: str


class Proof(NamedTuple):
    """What the asker said, in words, and when; whether it is a yes to this very text; from when it may be used."""

    said: str
    holds: bool
    at: datetime | None = None
    from_when: datetime | None = None


class Reading(NamedTuple):
    """The public words as they stand saved: each part cut at what could name somebody, and the answer's own look.

    together is what could point to one person without naming anybody, or None.
    """

    parts: list[tuple[str, list[Piece]]]
    html: SafeString
    found: list[recognising.Found]
    together: combining.Hint | None


def waiting(person: Person, *, now: datetime, cursor: str = "", only: str = "") -> Shelf:
    """What this reviewer can work on, hidden ones first; of one part alone where it is named. 1 SQL.

    Raises Refused.
    """
    roles.check_review(person)
    theirs = _due(person, now=now)
    states = [HIDDEN, theirs, Q(status=Status.ANONYMISED), Q(status=Status.CANDIDATE)]
    ranks = [When(case, then=Value(rank)) for rank, case in enumerate(states)]
    rows = _mine(person, {AGAIN: theirs, OUT: Q(status=Status.PUBLISHED)}.get(only, _any(theirs)))
    rows = rows.annotate(rank=Case(*ranks, default=Value(len(ranks))))
    rows = rows.select_related("topic", "edited_by", "question").order_by("rank", "pk")
    if place := _read(cursor):
        rows = rows.filter(Q(rank__gt=place[0]) | Q(rank=place[0], pk__gt=place[1]))
    found = list(rows[: SIZE + 1])
    last = found[SIZE - 1] if len(found) > SIZE else None
    return Shelf([(row, _state(row)) for row in found[:SIZE]], f"{last.rank}~{last.pk}" if last else "")


def found(person: Person, words: str) -> Shelf:
    """What the library's own search finds of what this reviewer may open, the best first. Raises Refused."""
    roles.check_review(person)
    best = [row.pk for row in searching.find(words, limit=SIZE).items]
    rows = _mine(person, Q(pk__in=best)).select_related("topic", "edited_by", "question").in_bulk()
    return Shelf([(rows[pk], NAMES[-1]) for pk in best if pk in rows], "")


def counts(person: Person, *, now: datetime) -> tuple[str, str]:
    """How many wait for this reviewer, and how many of them are to be read again: 99+ from 100 on. 2 SQL."""
    theirs = _due(person, now=now)
    found = [_mine(person, which)[:MOST].count() for which in (_any(theirs), theirs)]
    every, again = [str(count) if count < MOST else f"{MOST - 1}+" for count in found]
    return every, again


def due(*, now: datetime) -> Q:
    """To be read again by a day is to be read on that day at the latest, so on it it is due."""
    return Q(status=Status.PUBLISHED, hidden_at=None, review_by__lte=holding.today(now))


def _due(person: Person, *, now: datetime) -> Q:
    """Due to this reviewer: to all but its writer."""
    return due(now=now) & ~Q(edited_by=person)


def _any(theirs: Q) -> Q:
    return HIDDEN | theirs | Q(status__in=[Status.CANDIDATE, Status.ANONYMISED])


def _mine(person: Person, which: Q) -> QuerySet[Publication]:
    # What never was public is nobody's to read once its question is erased, and goes soon (withdrawing.drop_orphans).
    known = Q(question=None, status=Status.PUBLISHED) | seeing.visible(person, question="question")
    return Publication.objects.filter(which).filter(known)


def _state(row: Any) -> str:
    foreign = row.question and row.question.language != settings.LANGUAGE_CODE
    return NAMES[row.rank] + (f", in {languages.name_of(row.question.language)}" if foreign else "")


def _read(cursor: str) -> tuple[int, UUID] | None:
    rank, _, pk = cursor.partition("~")
    try:
        return [str(number) for number in range(len(NAMES))].index(rank), UUID(pk)
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
    turn = question.rounds.get(number=publication.round_number)
    last = Consent.objects.filter(round=turn).first()
    from_when = turn.answered_at + publishing.NOT_BEFORE if turn.answered_at else None
    choice = last.choice if last else ""
    return Proof(CHOICES[choice], consenting.holds(publication), last.at if last else None, from_when)


def read(publication: Publication) -> Reading:
    """The saved words, and what in them has to go before they are published."""
    words, watch = publication.draft, recognising.watch(publication)
    texts = {place: recognising.part(words, place) for place in recognising.PLACES}
    return Reading(
        parts=[(recognising.PLACES[place].capitalize(), watch.pieces(place, text)) for place, text in texts.items()],
        # As it is rendered when it is published.
        html=mark_safe(prose.render(words.answer_text)),  # nosec B308 B703
        found=watch.find(words),
        together=combining.hint(publication),
    )


def why_not_read(person: Person, publication: Publication) -> str:
    """The sentence that keeps somebody from a text whose private side they cannot read, or ""."""
    question = publication.question
    return fitting.not_in_their_language(person, question) if question else ""


@transaction.atomic
def edit(*, publication: Publication, by: Person, now: datetime, **words: Any) -> None:
    """anonymising.edit by somebody who reads the question's language. Raises Refused, Stale."""
    by = _acting(by, publication)
    anonymising.edit(publication=publication, by=by, now=now, **words)


@transaction.atomic
def publish(*, publication: Publication, version: int, review_by: date, by: Person, now: datetime) -> None:
    """The second person's check: publish, or, of what is published, read again. Raises Refused, Stale."""
    by = _acting(by, publication)
    verb = publishing.renew if publication.status == Status.PUBLISHED else publishing.publish
    verb(publication=publication, version=version, review_by=review_by, by=by, now=now)


@transaction.atomic
def show_again(*, publication: Publication, by: Person, now: datetime) -> None:
    """hiding.show_again by somebody who reads the question's language. Raises Refused."""
    by = _acting(by, publication)
    hiding.show_again(publication=publication, by=by, now=now)


def _acting(person: Person, publication: Publication) -> Person:
    """Whoever acts, as they are now, held until the transaction ends. Raises Refused."""
    fresh = locking.lock(person)
    roles.check_review(fresh)
    if sentence := why_not_read(fresh, publication):
        raise Refused(sentence)
    return fresh
