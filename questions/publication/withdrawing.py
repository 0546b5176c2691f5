"""Taking a publication down: for good, at once, and its words with it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from askpeer import history, receipts
from questions.models import Question, Round
from questions.publication import addressing, nominating, searching
from questions.publication.changing import NO_WORDS, SEEN, Staff, check_live
from questions.publication.models import Consent, Publication

WIPED: dict[str, Any] = NO_WORDS | {
    "status": Publication.Status.UNPUBLISHED,
    "working": None,
    "wrapped_key": None,
    "hidden_at": None,
}


@transaction.atomic
def withdraw(*, publication: Publication, by: Staff, now: datetime) -> None:
    """A supervisor or the safeguarding lead takes it down. Raises Refused when it was down already."""
    check_live(publication)
    _take_down([publication], actor=by.name, now=now)


@transaction.atomic
def withdraw_for(question: Question, *, now: datetime) -> int:
    """The asker erases their question: take down all that came of it. Return how many."""
    Question.objects.select_for_update().filter(pk=question.pk).first()
    mine = Q(question=question)
    if question.receipt_digest:
        mine |= Q(withdrawal_digest=receipts.withdrawal_digest(bytes(question.receipt_digest)))
    return _take_down(Publication.objects.filter(mine), actor="asker", now=now)


@transaction.atomic
def withdraw_round(turn: Round, *, now: datetime) -> int:
    """The asker says no: take down what came of this round. Return how many."""
    return _take_down(nominating.live(turn.question).filter(round_number=turn.number), actor="asker", now=now)


def withdraw_by_receipt(receipt: str, *, now: datetime) -> int:
    """The six words take it down even when the private question is gone. Return how many, 0 for a wrong receipt."""
    digest = receipts.digest(receipt)
    mine = Publication.objects.filter(withdrawal_digest=receipts.withdrawal_digest(digest), status__in=SEEN)
    found = list(mine)
    return _take_back(found, digest, now=now) if found else 0


@transaction.atomic
def _take_back(publications: list[Publication], receipt_digest: bytes, *, now: datetime) -> int:
    """Take them down, and where the question is still here write that its asker said no."""
    numbers = [publication.round_number for publication in publications]
    for turn in Round.objects.filter(question__receipt_digest=receipt_digest, number__in=numbers):
        Consent.objects.create(round=turn, choice=Consent.Choice.NO, at=now)
    return _take_down(publications, actor="asker", now=now)


@transaction.atomic
def take_off(publication: Publication, *, now: datetime, actor: str = "asker") -> bool:
    """Off the library, its words sealed again, until everything it takes to publish is there anew.

    False where it was off. What is off when its question is erased goes for good.
    """
    held = Publication.objects.select_for_update().get(pk=publication.pk)
    if held.status != Publication.Status.PUBLISHED:
        return False
    kept = {"working": held.draft.as_json(), "status": Publication.Status.ANONYMISED, "checked_by": None}
    changes = NO_WORDS | kept | {"hidden_at": None} | addressing.leaving(held)
    _write(held, changes)
    held.save(update_fields=list(changes))
    searching.forget(held)
    history.record(subject=held.subject, kind="taken off", actor=actor, now=now)
    return True


@transaction.atomic
def take_off_all(question: Question, *, now: datetime) -> None:
    """A question turned into one that is never published: what was made of it leaves the library."""
    for publication in Publication.objects.filter(question=question, status=Publication.Status.PUBLISHED):
        take_off(publication, now=now, actor="service")


@transaction.atomic
def drop_orphans(*, now: datetime) -> int:
    """End what waits to be published and whose question has been erased: nobody can say yes to it. Return how many."""
    orphans = Publication.objects.filter(question=None)
    taken_off = orphans.filter(status=Publication.Status.ANONYMISED, published_at__isnull=False)
    return _take_down(taken_off, actor="service", now=now) + orphans.filter(published_at=None).delete()[0]


def _take_down(publications: Iterable[Publication], *, actor: str, now: datetime) -> int:
    """Whatever its version is. Whoever publishes or edits at the same moment finds the status changed."""
    count = 0
    for publication in publications:
        held = Publication.objects.select_for_update().filter(pk=publication.pk, status__in=SEEN).first()
        if held is None:
            continue
        changes = WIPED | {"unpublished_at": now} | addressing.leaving(held)
        Publication.objects.filter(pk=held.pk).update(**changes)
        _write(publication, changes)
        count += 1
        searching.forget(publication)
        history.record(subject=publication.subject, kind="withdrawn", actor=actor, now=now)
    return count


def _write(publication: Publication, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(publication, name, value)
