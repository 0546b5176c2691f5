"""Review: nothing reaches an asker that a second person has not approved, in exactly that wording.

Every decision is made under the question's lock, on exactly the version the reviewer read. The last signature that is
needed delivers the wording in the same transaction.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming, fitting, unsigning, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import commenting, escalating, listing, marking, seeing, signing
from advisors.signoff.commenting import comment, resolve
from advisors.signoff.escalating import escalate
from advisors.signoff.listing import queue
from advisors.signoff.marking import Marks
from advisors.signoff.models import Approval, Comment, Reviewing
from askpeer.errors import Refused, Stale
from questions import moves, states
from questions.models import Question

__all__ = [
    "Marks",
    "accept",
    "approve",
    "comment",
    "edit",
    "escalate",
    "queue",
    "request_changes",
    "resolve",
    "start",
    "stop",
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


def stop(*, draft: Draft, by: Person) -> None:
    """Say that this person does not read the draft any more, so that others may."""
    Reviewing.objects.filter(draft=draft, person=by).delete()


def take_next(*, by: Person, now: datetime, skipped: Collection[UUID] = ()) -> Draft:
    """Start on the first draft of the queue that this person may sign now, that nobody else is reading and that is not
    among the skipped. Raises Refused when there is none.
    """
    for item in _in_order(by, now):
        if item.draft.pk in skipped or item.busy not in {None, by} or not _may_sign(item.draft, by, now):
            continue
        try:
            started = start(draft=item.draft, by=by, now=now)
        except Stale:
            continue
        if started.person_id == by.pk:
            return item.draft
    raise Refused("Nothing is waiting for your review right now.")


def _in_order(by: Person, now: datetime) -> Iterator[listing.ToReview]:
    page = queue(by, now=now)
    yield from page.items
    while page.cursor:
        page = queue(by, now=now, cursor=page.cursor)
        yield from page.items


def _may_sign(draft: Draft, by: Person, now: datetime) -> bool:
    """Whether it is not kept for its author's hour, its buddy or the lead."""
    try:
        signing.check_approver(commenting.newest(draft), draft.round.question, by, now=now)
    except Refused:
        return False
    return True


@transaction.atomic
def approve(
    *,
    draft: Draft,
    number: int,
    by: Person,
    now: datetime,
    marks: Marks,
    override: bool = False,
    disclosure: bool = False,
    reason: str = "",
) -> Approval:
    """Sign exactly this version; the last signature needed sends it.

    override: what the wording check stops may stand. disclosure: the writer speaks of themselves, and it helps. reason:
    why, for what was overridden and for a reading age above 13. Raises Refused, Stale when there is a newer version or
    the question moved on.
    """
    _lock_people(draft, by)
    question, by = _reviewed(draft, by)
    version = commenting.current(draft, number)
    _check_comments(draft)
    signing.check_approver(version, question, by, now=now)
    approval = _signature(version, by)
    if approval is None:
        kept, found = marking.check(marks, version, question), signing.found_in(version, question)
        why = signing.check_wording(found, override=override, disclosure=disclosure, reason=reason)
        approval = signing.sign(version, question, by, now=now, found=found, reason=why)
        marking.keep(kept, version, by, now=now)
    signed = signing.live(version)
    if len(signed) >= signing.needed(question):
        signing.send(version, question, roles.supervisor(by), signed=signed, now=now)
        escalating.settle(draft, by=by, now=now)
    return approval


def _lock_people(draft: Draft, by: Person) -> None:
    """Whoever signs and whoever's answer it is, in one order and before the question: sending counts the answer."""
    people = Person.objects.select_for_update(no_key=True).filter(pk__in={by.pk, draft.round.question.holder_id})
    list(people.order_by("pk").values_list("pk"))


def _signature(version: DraftVersion, by: Person) -> Approval | None:
    """One that this person gave while two were needed; since the level was lowered theirs is enough."""
    return next((approval for approval in signing.live(version) if approval.approver_id == by.pk), None)


@transaction.atomic
def accept(*, draft: Draft, number: int, by: Person, now: datetime) -> Approval:
    """The author's yes to a supervisor's small edit of a green draft, which sends it. Raises Refused, Stale.

    Nothing new is taken by it, so neither a last day nor what has run out meanwhile stands against it.
    """
    question, by = draft.round.question, claiming.lock(by)
    if not by.is_active:
        raise Refused("This account is closed.")
    roles.check_holds(by, question)
    if reason := roles.why_too_young(by, now=now):
        raise Refused(reason)
    if fitting.curfew(by, now) == "locked":
        raise Refused("It's late. You can accept it after 7 tomorrow morning.")
    seeing.lock_review(question)
    version = commenting.current(draft, number)
    _check_comments(draft)
    if not signing.is_small_edit(version, question):
        raise Refused("This wording needs a second supervisor. You'll see it here when it has been sent.")
    signing.check_buddy(question, by, now=now)
    approval = signing.sign(version, question, by, now=now, found=signing.NOTHING)
    signing.send(version, question, roles.advisor(by), signed=[approval], now=now)
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
    _check_edit(before, kept, note, signing.authors_last(before, question))
    version = writing.append(draft, text=kept, details=writing.details_of(before), base=base, by=by, now=now)
    if note.strip():
        _learning_note(version, note, by, now)
    signing.void(draft, now=now)
    return version


def _check_edit(before: DraftVersion, kept: str, note: str, own: DraftVersion | None) -> None:
    if not kept:
        raise Refused("The answer is empty. Write it, or ask the author for changes.")
    if before.text == kept:
        raise Refused("You have changed nothing yet. Approve it as it is, or change a word.")
    if _is_large(before, kept, own) and not note.strip():
        raise Refused("You changed more than 15 % of it. Write the author a learning note.")


def _is_large(before: DraftVersion, kept: str, own: DraftVersion | None) -> bool:
    """Whether this edit, or the small ones of reviewers before it together, changed more than 15 %.

    Where those before were large already, the author has their note.
    """
    if signing.share(before, kept) > signing.SMALL:
        return True
    if own is None or signing.share(own, before.text) > signing.SMALL:
        return False
    return signing.share(own, kept) > signing.SMALL


def _learning_note(version: DraftVersion, note: str, by: Person, now: datetime) -> None:
    row = comment(draft=version.draft, number=version.number, paragraph=0, text=note, by=by, now=now)
    Comment.objects.filter(pk=row.pk).update(resolved_at=now, resolved_by=by)


@transaction.atomic
def request_changes(*, draft: Draft, number: int, by: Person, now: datetime) -> None:
    """Give a draft back to its author with at least one open comment; without an author it waits on the desk.

    What was escalated still waits for the lead or a deputy, unless it is they who give it back. Raises Refused, Stale.
    """
    question, by = _reviewed(draft, by)
    commenting.current(draft, number)
    if not commenting.are_open(draft):
        raise Refused("Write at least one comment, so that the author knows what to change.")
    unsigning.out_of_review(question, now=now)
    Reviewing.objects.filter(draft=draft).delete()
    if signing.signs_red(by):
        escalating.settle(draft, by=by, now=now)
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
