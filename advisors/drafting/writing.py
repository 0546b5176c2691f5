"""Writing a draft: append-only versions, each written on the one before, and sending the current one for review."""

import json
from datetime import datetime

from django.db import IntegrityError, transaction

from advisors import roles
from advisors.drafting import fitting, picking, wording
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from askpeer import prose
from askpeer.errors import Refused, Stale
from questions import answering, moves, states
from questions.models import Question

Kind = Draft.Kind
WRITABLE = frozenset({states.IN_PROGRESS, states.PENDING_ASKER, states.CHANGES_REQUESTED})
SENDABLE = frozenset({states.IN_PROGRESS, states.CHANGES_REQUESTED})
LONGEST = {Kind.ANSWER: 6000, Kind.CLARIFICATION: 600}


class Conflict(Stale):
    """A newer version stands than the one this was written on: theirs is that version (or None), mine the text."""

    def __init__(self, theirs: DraftVersion | None, mine: str) -> None:
        super().__init__("This draft was changed somewhere else while you were writing. Here are both texts.")
        self.theirs = theirs
        self.mine = mine


def draft_for(question: Question, kind: str) -> Draft:
    """The draft of this kind in the current round; a new one, not yet in the database, where there is none."""
    draft = Draft.objects.filter(round=question.round, kind=kind).first() or Draft(kind=kind)
    draft.round = question.round
    return draft


def current(draft: Draft) -> DraftVersion | None:
    """The version that counts, or None before the first."""
    version = draft.versions.filter(number=draft.number).select_related("writer").first() if draft.number else None
    if version:
        version.draft = draft
    return version


def details_of(version: DraftVersion | None) -> list[str]:
    """The details of the asker's own that a version was marked with."""
    return json.loads(version.details) if version and version.details else []


@transaction.atomic
def save(
    *, question: Question, kind: str, text: str, details: list[str], base: int, by: Person, now: datetime
) -> DraftVersion:
    """Append a version written on number base; the same text and details again append nothing.

    Raises Conflict (a Stale) when base is not the current number, Refused.
    """
    kept, marked = clean(text, kind), picking.clean(details)
    _check_writable(question, by)
    draft = draft_for(question, kind)
    now_there = current(draft)
    if now_there and (now_there.text, details_of(now_there)) == (kept, marked):
        return now_there
    if not kept and not now_there:
        raise Refused("There is nothing to save yet.")
    return append(draft, text=kept, details=marked, base=base, by=by, now=now)


def _check_writable(question: Question, by: Person) -> None:
    # An autosave on its way must not land behind a draft that was just sent or handed back.
    if _lock(question, by).status not in WRITABLE:
        raise Refused("This draft is being checked. Take it back first to change it.")


def _lock(question: Question, by: Person) -> Question:
    """The question's row as it is now, held until the transaction ends. Raises Refused when by has it no longer.

    Every verb locks the question before its drafts: two that went the other way round would wait for each other.
    """
    fresh = Question.objects.select_for_update().only("status", "version", "holder_id").get(pk=question.pk)
    roles.check_holds(by, fresh)
    return fresh


def restore(*, question: Question, kind: str, number: int, base: int, by: Person, now: datetime) -> DraftVersion:
    """Make an earlier version the newest one again, as a new version. Raises Conflict, Refused."""
    draft = draft_for(question, kind)
    earlier = draft.versions.filter(number=number).first()
    if earlier is None:
        raise Refused("There is no version with that number.")
    earlier.draft = draft
    return save(question=question, kind=kind, text=earlier.text, details=details_of(earlier), base=base, by=by, now=now)


def clean(text: str, kind: str) -> str:
    """The canonical text. Raises Refused when it is too long."""
    kept, longest = prose.canonical(text), LONGEST[Kind(kind)]
    if len(kept) > longest:
        raise Refused(f"This can have {longest:,} characters at most. It has {len(kept):,}.")
    return kept


@transaction.atomic
def append(draft: Draft, *, text: str, details: list[str], base: int, by: Person, now: datetime) -> DraftVersion:
    """Add version base + 1 of a draft and make it the current one. Raises Conflict; who may write is the caller's."""
    turn = draft.round
    draft, _ = Draft.objects.get_or_create(round=turn, kind=draft.kind)
    draft.round = turn
    if draft.number != base:
        raise Conflict(current(draft), text)
    version = DraftVersion(
        draft=draft, number=base + 1, writer=by, text=text, details=json.dumps(details), saved_at=now
    )
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError:
        draft.refresh_from_db(fields=["number"])
        raise Conflict(current(draft), text) from None
    Draft.objects.filter(pk=draft.pk).update(number=base + 1)
    draft.number = base + 1
    return version


@transaction.atomic
def submit(*, question: Question, kind: str, base: int, by: Person, version: int, now: datetime) -> None:
    """Send the current version for review. base is its number, version the question's. Raises Refused, Stale."""
    _check_version(question, by, version)
    if question.status not in SENDABLE:
        raise Refused("That is not possible any more: the question has moved on.")
    if fitting.curfew(by, now) == "locked":
        raise Refused("It's late. Your draft is saved, and you can send it after 7 tomorrow morning.")
    draft = draft_for(question, kind)
    _check_wording(question, draft, base)
    # Guarded by the number: a version saved a moment ago in another window is not sent unread.
    if Draft.objects.filter(pk=draft.pk, number=base).update(submitted_at=now) != 1:
        raise Conflict(current(draft), "")
    Draft.objects.filter(round=question.round).exclude(pk=draft.pk).update(submitted_at=None)
    moves.move(question, states.IN_REVIEW, by=roles.advisor(by), now=now, facts={"draft": kind})


def _check_version(question: Question, by: Person, version: int) -> None:
    if _lock(question, by).version != version or question.version != version:
        raise Stale


def _check_wording(question: Question, draft: Draft, base: int) -> None:
    sent = current(draft)
    if sent is None or not sent.text:
        raise Refused("There is nothing to send yet.")
    if sent.number != base:
        raise Conflict(sent, "")
    if found := wording.blocks(sent.text):
        raise Refused(f"The wording check stops this draft. {found[0].why}")
    if draft.kind == Kind.ANSWER:
        picking.check(details_of(sent), question)
    elif not answering.may_pause(question):
        raise Refused("They left no e-mail, or were asked before. Put your question inside the answer.")


@transaction.atomic
def pull_back(*, question: Question, by: Person, version: int, now: datetime) -> None:
    """Take a draft back out of review to go on writing. Raises Refused, Stale."""
    _check_version(question, by, version)
    moves.move(question, states.IN_PROGRESS, by=roles.advisor(by), now=now)
    Draft.objects.filter(round=question.round).update(submitted_at=None)
