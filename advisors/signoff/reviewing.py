"""Review: nothing reaches an asker that a second person has not approved, in exactly that wording.

Every decision is made under the question's lock, on exactly the version the reviewer read. The last signature that is
needed delivers the wording in the same transaction.
"""

from datetime import datetime

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import commenting, listing, seeing, signing
from advisors.signoff.commenting import comment, resolve
from advisors.signoff.listing import queue
from advisors.signoff.models import Approval, Comment, Reviewing
from askpeer.errors import Refused, Stale
from questions import moves, states
from questions.models import Question

__all__ = [
    "accept",
    "approve",
    "comment",
    "edit",
    "queue",
    "request_changes",
    "resolve",
    "start",
    "take_next",
]


@transaction.atomic
def start(*, draft: Draft, by: Person, now: datetime) -> Reviewing:
    """Say that this person reads the draft now; whoever began less than half an hour ago keeps it.

    Raises Refused, Stale.
    """
    _reviewed(draft, by)
    there = Reviewing.objects.filter(draft=draft).select_related("person").first()
    if there and there.person_id != by.pk and listing.is_busy(there, now=now):
        return there
    row, _made = Reviewing.objects.update_or_create(draft=draft, defaults={"person": by, "since": now})
    return row


def take_next(*, by: Person, now: datetime) -> Draft:
    """Start on the most urgent draft that nobody else is reading. Raises Refused when there is none."""
    for item in queue(by, now=now).items:
        if item.busy not in {None, by}:
            continue
        try:
            started = start(draft=item.draft, by=by, now=now)
        except Stale:
            continue
        if started.person_id == by.pk:
            return item.draft
    raise Refused("Nothing is waiting for your review right now.")


@transaction.atomic
def approve(*, draft: Draft, number: int, by: Person, now: datetime, override: bool = False) -> Approval:
    """Sign exactly this version; the last signature needed sends it. override: what the wording check blocks may stand.

    Raises Refused, Stale when there is a newer version or the question moved on.
    """
    question, by = _reviewed(draft, by)
    version = commenting.current(draft, number)
    _check_comments(draft)
    signing.check_approver(version, question, by, now=now)
    overridden = signing.check_wording(version, override=override)
    approval = signing.sign(version, question, by, now=now, overridden=overridden)
    if len(signing.live(version)) >= signing.needed(question):
        signing.send(version, question, roles.supervisor(by), now=now)
    return approval


@transaction.atomic
def accept(*, draft: Draft, number: int, by: Person, now: datetime) -> Approval:
    """The author's yes to a supervisor's small edit of a green draft, which sends it. Raises Refused, Stale."""
    question, by = draft.round.question, claiming.lock(by)
    if not by.is_active:
        raise Refused("This account is closed.")
    roles.check_holds(by, question)
    roles.check_write(by, now=now)
    seeing.lock_review(question)
    version = commenting.current(draft, number)
    _check_comments(draft)
    if not signing.is_small_edit(version, question):
        raise Refused("This wording needs a second supervisor. You'll see it here when it has been sent.")
    signing.check_wording(version, override=False)
    approval = signing.sign(version, question, by, now=now)
    signing.send(version, question, roles.advisor(by), now=now)
    return approval


@transaction.atomic
def edit(*, draft: Draft, base: int, text: str, by: Person, now: datetime, note: str = "") -> DraftVersion:
    """A reviewer's own version, written on number base. It voids what was signed, and somebody else has to approve it.

    note: what the author can learn from it, needed above 15 % changed. Raises Refused, writing.Conflict (a Stale that
    carries both texts).
    """
    question, by = _reviewed(draft, by)
    signing.check_reads(by, question)
    kept = writing.clean(text, draft.kind)
    before = commenting.newest(draft)
    if before.number != base:
        raise writing.Conflict(before, kept)
    _check_edit(before, kept, note)
    version = writing.append(draft, text=kept, details=writing.details_of(before), base=base, by=by, now=now)
    if note.strip():
        _learning_note(version, note, by, now)
    signing.void(draft, now=now)
    return version


def _check_edit(before: DraftVersion, kept: str, note: str) -> None:
    if not kept:
        raise Refused("The answer is empty. Write it, or ask the author for changes.")
    if before.text == kept:
        raise Refused("You have changed nothing yet. Approve it as it is, or change a word.")
    if signing.share(before, kept) > signing.SMALL and not note.strip():
        raise Refused("You changed more than 15 % of it. Write the author a learning note.")


def _learning_note(version: DraftVersion, note: str, by: Person, now: datetime) -> None:
    row = comment(draft=version.draft, number=version.number, paragraph=0, text=note, by=by, now=now)
    Comment.objects.filter(pk=row.pk).update(resolved_at=now, resolved_by=by)


@transaction.atomic
def request_changes(*, draft: Draft, number: int, by: Person, now: datetime) -> None:
    """Give a draft back to its author with at least one open comment; without an author it waits on the desk.

    Raises Refused, Stale.
    """
    question, by = _reviewed(draft, by)
    commenting.current(draft, number)
    if not commenting.are_open(draft):
        raise Refused("Write at least one comment, so that the author knows what to change.")
    signing.void(draft, now=now)
    Draft.objects.filter(pk=draft.pk).update(submitted_at=None)
    Reviewing.objects.filter(draft=draft).delete()
    to = states.CHANGES_REQUESTED if question.holder_id else states.OPEN
    moves.move(question, to, by=roles.supervisor(by), now=now)


def _reviewed(draft: Draft, by: Person) -> tuple[Question, Person]:
    """The draft's question and the reviewer, both locked, after every check that has nothing to do with a version."""
    question, person = draft.round.question, claiming.lock(by)
    seeing.check(person, question)
    if question.holder_id == person.pk:
        raise Refused("You cannot review your own draft.")
    seeing.lock_review(question)
    return question, person


def _check_comments(draft: Draft) -> None:
    if draft.submitted_at is None:
        raise Refused("This draft is not in review any more.")
    if commenting.are_open(draft):
        raise Refused("There is an open comment on this draft. Resolve it, or ask the author for changes.")
