"""Writing a draft: append-only versions, each written on the one before, and sending the current one for review."""

import json
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from advisors import roles
from advisors.drafting import fitting, masking, picking, unsigning, wording
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from askpeer import calendars, prose
from askpeer.errors import Refused, Stale
from questions import answering, moves, states
from questions.models import Question

Kind = Draft.Kind
WRITABLE = frozenset({states.IN_PROGRESS, states.PENDING_ASKER, states.CHANGES_REQUESTED})
SENDABLE = frozenset({states.IN_PROGRESS, states.CHANGES_REQUESTED})
LONGEST = {Kind.ANSWER: 6000, Kind.CLARIFICATION: 600}
LONGEST_SOURCES, LONGEST_REASON = 1000, 300
NOTHING = "There is nothing to send yet."
NIGHT = "It's late, so writing is closed until 7 in the morning. What you saved before is safe."
HEAVIER = (
    "This has become one for an advisor who is 18 or over. Your draft is kept, and a supervisor tells you how it goes "
    "on."
)


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


def sources_of(version: DraftVersion | None) -> str:
    """Where a version's facts are from; "" where nothing is said."""
    return (version.sources or "") if version else ""


@transaction.atomic
def save(
    *,
    question: Question,
    kind: str,
    text: str,
    details: list[str],
    base: int,
    by: Person,
    now: datetime,
    sources: str | None = None,
    insist: str | None = None,
) -> DraftVersion:
    """Append a version written on number base; the same text, details and sources again append nothing.

    sources None keeps those of the version before. insist: why stopped words are right here, None for no change.
    Raises Conflict (a Stale) when base is not the current number, Refused.
    """
    kept, marked = clean(text, kind), picking.clean(details)
    reason = None if insist is None else clean_reason(insist)
    _check_writable(question, by, now)
    draft = draft_for(question, kind)
    now_there = current(draft)
    cited = sources_of(now_there) if sources is None else clean_sources(sources)
    if not now_there and not kept:
        raise Refused("There is nothing to save yet.")
    if now_there and (now_there.text, details_of(now_there), sources_of(now_there)) == (kept, marked, cited):
        version = now_there
    else:
        _check_hour(draft, by, now)
        version = append(draft, text=kept, details=marked, base=base, by=by, now=now, sources=cited)
    if reason is not None:
        _keep_reason(version.draft, reason)
    return version


def _check_hour(draft: Draft, by: Person, now: datetime) -> None:
    """At night an advisor under 18 saves once more, for what was typed before nine and arrives after it."""
    if fitting.curfew(by, now) != "locked":
        return
    late = draft.versions.filter(writer=by, saved_at__gte=_night_began(now)) if draft.number else None
    if late is not None and late.exists():
        raise Refused(NIGHT)


def _night_began(now: datetime) -> datetime:
    local = calendars.current().local(now)
    evening = local.date() if local.time() >= fitting.NIGHT_FROM else local.date() - timedelta(days=1)
    return datetime.combine(evening, fitting.NIGHT_FROM, local.tzinfo)


def _keep_reason(draft: Draft, reason: str) -> None:
    if (draft.insisted or "") != reason:
        draft.insisted = reason or None
        draft.save(update_fields=["insisted"])


def _check_writable(question: Question, by: Person, now: datetime) -> None:
    # An autosave on its way must not land behind a draft that was just sent or handed back.
    if _lock(question, by, now).status not in WRITABLE:
        raise Refused("This draft is being checked. Take it back first to change it.")


def _lock(question: Question, by: Person, now: datetime) -> Question:
    """The question's row as it is now, held until the transaction ends.

    Raises Refused when by has it no longer, or is under 18 and it has become too heavy.

    Every verb locks the question before its drafts: two that went the other way round would wait for each other.
    """
    fresh = Question.objects.select_for_update().get(pk=question.pk)
    roles.check_holds(by, fresh)
    # A reply may raise the level at once; it is let go of when triage has read the reply.
    if fitting.is_too_heavy(by, fresh, now):
        raise Refused(HEAVIER)
    return fresh


def restore(*, question: Question, kind: str, number: int, base: int, by: Person, now: datetime) -> DraftVersion:
    """Make an earlier version the newest one again, as a new version. Raises Conflict, Refused."""
    draft = draft_for(question, kind)
    earlier = draft.versions.filter(number=number).first()
    if earlier is None:
        raise Refused("There is no version with that number.")
    earlier.draft = draft
    if fitting.curfew(by, now) == "locked":
        raise Refused(NIGHT)  # nothing typed waits here to be kept
    names = masking.names_of(draft.round.question)  # as its page showed it
    return save(
        question=question,
        kind=kind,
        text=masking.hide(earlier.text, names),
        details=[masking.hide(detail, names) for detail in details_of(earlier)],
        base=base,
        by=by,
        now=now,
        sources=masking.hide(sources_of(earlier), names),
    )


def clean(text: str, kind: str) -> str:
    """The canonical text. Raises Refused when it is too long."""
    kept, longest = prose.canonical(text), LONGEST[Kind(kind)]
    if len(kept) > longest:
        raise Refused(f"This can have {longest:,} characters at most. It has {len(kept):,}.")
    return kept


def clean_sources(text: str) -> str:
    """The canonical sources. Raises Refused when they are too long."""
    kept = prose.canonical(text)
    if len(kept) > LONGEST_SOURCES:
        raise Refused(f"The sources can have {LONGEST_SOURCES:,} characters at most. They have {len(kept):,}.")
    return kept


def clean_reason(text: str) -> str:
    """The canonical reason why stopped words are right. Raises Refused when it is too long."""
    kept = prose.canonical(text)
    if len(kept) > LONGEST_REASON:
        raise Refused(f"The reason can have {LONGEST_REASON} characters at most. It has {len(kept):,}.")
    return kept


def check_is_something(text: str) -> None:
    """Raise Refused where there is no word to send."""
    if not prose.canonical(text):
        raise Refused(NOTHING)


@transaction.atomic
def append(
    draft: Draft,
    *,
    text: str,
    details: list[str],
    base: int,
    by: Person,
    now: datetime,
    sources: str | None = None,
) -> DraftVersion:
    """Add version base + 1 of a draft and make it the current one. Raises Conflict; who may write is the caller's.

    sources None carries those of the version before.
    """
    turn = draft.round
    draft, _ = Draft.objects.get_or_create(round=turn, kind=draft.kind)
    draft.round = turn
    if draft.number != base:
        raise Conflict(current(draft), text)
    cited = sources_of(current(draft)) if sources is None else sources
    version = DraftVersion(
        draft=draft,
        number=base + 1,
        writer=by,
        text=text,
        details=json.dumps(details),
        sources=cited or None,
        saved_at=now,
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
def submit(
    *, question: Question, kind: str, base: int, by: Person, version: int, now: datetime, insist: str = ""
) -> None:
    """Send the current version for review. base is its number, version the question's.

    insist: why the words that the check stops are right here. It only sends them on to the reviewer, who decides.
    Raises Refused, Stale.
    """
    _check_version(question, by, version, now)
    if question.status not in SENDABLE:
        raise Refused("That is not possible any more: the question has moved on.")
    if fitting.curfew(by, now) == "locked":
        raise Refused("It's late. Your draft is saved, and you can send it after 7 tomorrow morning.")
    draft, reason = draft_for(question, kind), clean_reason(insist)
    stopped = _check_wording(question, draft, base, reason)
    # Guarded by the number: a version saved a moment ago in another window is not sent unread.
    if Draft.objects.filter(pk=draft.pk, number=base).update(submitted_at=now) != 1:
        raise Conflict(current(draft), "")
    _keep_reason(draft, reason if stopped else "")
    Draft.objects.filter(round=question.round).exclude(pk=draft.pk).update(submitted_at=None)
    facts = {"draft": kind} | ({"insisted": stopped} if stopped else {})
    moves.move(question, states.IN_REVIEW, by=roles.advisor(by), now=now, facts=facts)


def _check_version(question: Question, by: Person, version: int, now: datetime) -> None:
    if _lock(question, by, now).version != version or question.version != version:
        raise Stale


def _check_wording(question: Question, draft: Draft, base: int, reason: str) -> int:
    """How many findings the reason stands for. Raises Refused, Conflict."""
    sent = current(draft)
    if sent is None or not sent.text:
        raise Refused(NOTHING)
    if sent.number != base:
        raise Conflict(sent, "")
    found = wording.blocks(sent.text)
    if found and not reason:
        raise Refused(f"The wording check stops this draft. {found[0].why}")
    if draft.kind == Kind.ANSWER:
        picking.check(details_of(sent), question)
    elif not answering.may_pause(question):
        raise Refused("They left no e-mail, or were asked before. Put your question inside the answer.")
    return len(found)


@transaction.atomic
def pull_back(*, question: Question, by: Person, version: int, now: datetime) -> None:
    """Take a draft back out of review to go on writing; what was signed of it ends. Raises Refused, Stale."""
    _check_version(question, by, version, now)
    if fitting.curfew(by, now) == "locked":
        raise Refused(NIGHT)
    moves.move(question, states.IN_PROGRESS, by=roles.advisor(by), now=now)
    unsigning.out_of_review(question, now=now)
