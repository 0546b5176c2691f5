"""Taking a publication down: for good, at once, and its words with it."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from askpeer import history, ledger, receipts
from questions.models import Question, Round
from questions.partners import hooks
from questions.publication import addressing, nominating, searching
from questions.publication.changing import NO_WORDS, SEEN, Staff, check_live
from questions.publication.models import Consent, Publication

log = logging.getLogger("askpeer.withdrawing")
Trail = list[tuple[str, datetime]]  # the kinds and moments of what happened to a publication
GONE, OFF, TAKEN_BACK = "publication:", "off:", "yes_taken_back:"  # in the ledger
WIPED: dict[str, Any] = NO_WORDS | {
    "status": Publication.Status.UNPUBLISHED,
    "working": None,
    "wrapped_key": None,
    "hidden_at": None,
}


@transaction.atomic
def withdraw(*, publication: Publication, by: Staff, now: datetime) -> None:
    """A supervisor or the safeguarding lead takes it down. Raises Refused: down already, or the ledger is full."""
    check_live(publication)
    with ledger.refusing():
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
    """The asker says no: take down what came of this round. Return how many. Raises Refused."""
    with ledger.refusing():
        return _take_down(nominating.live(turn.question).filter(round_number=turn.number), actor="asker", now=now)


def withdraw_by_receipt(receipt: str, *, now: datetime) -> int:
    """The six words take it down even when the private question is gone. Return how many, 0 for a wrong receipt.

    Raises Refused when the ledger cannot be written.
    """
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
    with ledger.refusing():
        return _take_down(publications, actor="asker", now=now)


@transaction.atomic
def take_back_yes(publication: Publication, *, said_yes: bool, now: datetime) -> None:
    """The asker wants to see it first after all: off the library, where it is there, until a new yes.

    The ledger has it, so that no backup brings the old yes back. Raises Refused when it cannot be written.
    """
    if _take_off_shown(publication, actor="asker", now=now) or said_yes:
        with ledger.refusing():
            ledger.record(f"{TAKEN_BACK}{publication.pk}", now=now)


def _take_off_shown(publication: Publication, *, actor: str, now: datetime) -> bool:
    """Off the library, its words sealed again, until everything it takes to publish is there anew.

    False where it was off. What is off when its question is erased goes for good.
    """
    held = Publication.objects.select_for_update().get(pk=publication.pk)
    if held.status != Publication.Status.PUBLISHED:
        return False
    _take_off(held, actor=actor, now=now)
    return True


def _take_off(held: Publication, *, actor: str, now: datetime) -> None:
    hooks.withdrawn(held, now=now)
    kept = {"working": held.draft.as_json(), "status": Publication.Status.ANONYMISED, "checked_by": None}
    changes = NO_WORDS | kept | {"hidden_at": None} | addressing.leaving(held)
    _write(held, changes)
    held.save(update_fields=list(changes))
    searching.forget(held)
    history.record(subject=held.subject, kind="taken off", actor=actor, now=now)


@transaction.atomic
def take_off_all(question: Question, *, now: datetime) -> None:
    """A question turned into one that is never published: what was made of it leaves the library.

    Nothing that a young person wrote, and no alarm, is lost for a full ledger: its line is written later.
    """
    for publication in Publication.objects.filter(question=question, status=Publication.Status.PUBLISHED):
        if not _take_off_shown(publication, actor="service", now=now):
            continue
        try:
            ledger.record(f"{OFF}{publication.pk}", now=now)
        except OSError as failure:
            log.error("a line of the ledger waits: %s", type(failure).__name__)


def lines_missing() -> list[str]:
    """The lines of take_off_all() that the ledger could not take, or has lost."""
    return [f"{OFF}{publication.pk}" for publication in _off_unnamed()]


def _off_unnamed() -> list[Publication]:
    """What was taken off the library and the ledger does not say so, at least not since it was published."""
    off = _off()
    rows = Publication.objects.filter(status=Publication.Status.ANONYMISED, published_at__isnull=False)
    return [row for row in rows if str(row.pk) not in off or max(off[str(row.pk)]) < _published_at(_trail(row))]


def _off() -> dict[str, set[datetime]]:
    """{a publication's id: each moment at which it was taken off, or its yes taken back}."""
    found = ledger.moments(OFF)
    for pk, moments in ledger.moments(TAKEN_BACK).items():
        found[pk] = moments | found.get(pk, set())
    return found


@transaction.atomic
def drop_orphans(*, now: datetime) -> int:
    """End what waits to be published and whose question has been erased: nobody can say yes to it. Return how many."""
    orphans = Publication.objects.filter(question=None)
    taken_off = orphans.filter(status=Publication.Status.ANONYMISED, published_at__isnull=False)
    return _take_down(taken_off, actor="service", now=now) + orphans.filter(published_at=None).delete()[0]


def back_again() -> list[Publication]:
    """What the ledger says is down and the database still has, or has in the library: it came back from a backup."""
    return [*_down_and_back(), *_off_and_back(), *_yes_and_back()]


def _down_and_back() -> QuerySet[Publication]:
    return Publication.objects.filter(pk__in=ledger.named(GONE), status__in=SEEN)


def _off_and_back() -> list[Publication]:
    """Published as it was before it was taken off; what was published again since has a later entry in the trail."""
    off = _off()
    rows = Publication.objects.filter(pk__in=off, status=Publication.Status.PUBLISHED)
    return [row for row in rows if _came_back(_trail(row), off[str(row.pk)])]


def _came_back(trail: Trail, off: set[datetime]) -> bool:
    """Whether it was taken off since. What its trail has is over, though a clock gone wrong dated it ahead."""
    published, known = _published_at(trail), {at for kind, at in trail if kind == "taken off"}
    return any(published < at for at in off - known)


def _trail(publication: Publication) -> Trail:
    """What happened to it until it was last published; nothing where the trail does not say when."""
    trail = [(entry.kind, entry.at) for entry in history.of(publication.subject)]
    while trail and trail[-1][0] != "published":
        trail.pop()
    return trail


def _published_at(trail: Trail) -> datetime:
    """When it was last published; long ago where the trail does not say, so that it is taken off."""
    return max((at for kind, at in trail if kind == "published"), default=datetime.min.replace(tzinfo=UTC))


def _yes_and_back() -> list[Publication]:
    """Not published, and its asker's last word is a yes that they took back after the backup."""
    back = ledger.moments(TAKEN_BACK)
    waiting = (Publication.Status.CANDIDATE, Publication.Status.ANONYMISED)
    rows = Publication.objects.filter(pk__in=back, status__in=waiting, question__isnull=False)
    return [row for row in rows if _says_yes_before(row, max(back[str(row.pk)]))]


def _says_yes_before(publication: Publication, moment: datetime) -> bool:
    said = Consent.objects.filter(round__question=publication.question_id, round__number=publication.round_number)
    latest = said.order_by("-id").first()
    return latest is not None and latest.choice == Consent.Choice.YES and latest.at < moment


def unnamed() -> list[Publication]:
    """What is down in the database and not in the ledger."""
    down = Publication.objects.filter(status=Publication.Status.UNPUBLISHED)
    return list(down.exclude(pk__in=ledger.named(GONE)).only("pk"))


@transaction.atomic
def replay_ledger(*, now: datetime) -> int:
    """Take down, or off, what a backup brought back; return how many. They stand in the ledger already.

    A yes is not taken from a backup either: before it is published again, its asker is asked.
    """
    off, unsaid = _off_and_back(), _yes_and_back()
    for publication in off:
        _take_off(publication, actor="service", now=now)
    for publication in [*off, *unsaid]:
        _ask_again(publication, now=now)
    return len(off) + len(unsaid) + len(_end(_down_and_back(), actor="service", now=now))


def _ask_again(publication: Publication, *, now: datetime) -> None:
    for turn in Round.objects.filter(question=publication.question_id, number=publication.round_number):
        Consent.objects.create(round=turn, choice=Consent.Choice.SHOW_ME, at=now, publication=publication)


def _take_down(publications: Iterable[Publication], *, actor: str, now: datetime) -> int:
    ended = _end(publications, actor=actor, now=now)
    for publication in ended:
        ledger.record(publication.subject, now=now)
    return len(ended)


def _end(publications: Iterable[Publication], *, actor: str, now: datetime) -> list[Publication]:
    """Whatever its version is. Whoever publishes or edits at the same moment finds the status changed."""
    ended = []
    for publication in publications:
        held = Publication.objects.select_for_update().filter(pk=publication.pk, status__in=SEEN).first()
        if held is None:
            continue
        hooks.withdrawn(held, now=now)
        changes = WIPED | {"unpublished_at": now} | addressing.leaving(held)
        Publication.objects.filter(pk=held.pk).update(**changes)
        _write(publication, changes)
        ended.append(publication)
        searching.forget(publication)
        history.record(subject=publication.subject, kind="withdrawn", actor=actor, now=now)
    return ended


def _write(publication: Publication, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(publication, name, value)
