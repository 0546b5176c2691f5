"""What an advisor raises from the question they hold: somebody may not be safe, this is abusive, it is about staff or
the safeguarding lead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming, unsent, unsigning
from advisors.models import Person, Role
from advisors.safeguarding.models import Concern
from advisors.signoff import seeing
from askpeer import history, outbox, prose
from askpeer.errors import Refused, Stale
from questions import moves, redating, states
from questions.models import Question
from questions.publication import withdrawing

WORDS = 1500  # characters
Kind = Concern.Kind
ABOUT_US = frozenset({Kind.STAFF, Kind.LEAD})
NOBODY = (
    "Nobody here may read about a colleague right now. We have told the manager. Please keep this question until "
    "somebody is there."
)


def raise_concern(*, question: Question, kind: str, words: str, by: Person, now: datetime, version: int) -> Concern:
    """Raise a concern about the question this person holds. Raises Refused, Stale.

    Only after one about safety the writing goes on. An abusive text, and one about a colleague, goes back to be read
    before anybody else has it; the draft is kept.
    """
    roles.check_holds(by, question)
    with _telling_the_manager(question, now):
        return _raise(question, kind, _words(kind, words), by, version, now)


@transaction.atomic
def _raise(question: Question, kind: str, text: str, by: Person, version: int, now: datetime) -> Concern:
    if kind in ABOUT_US:
        roles.lock_readers(by)  # people first, then the question
        _check_somebody_reads(question, by, kind)
    moves.lock(question)
    roles.check_holds(by, question)
    seeing.check_version(question, version)
    if Concern.objects.filter(round=question.round, by=by, kind=kind, settled_at=None).exists():
        raise Stale("You have raised this already. A supervisor reads it next.")
    if kind != Kind.SAFETY:
        _take_from(question, by, now, kind)
    return _put(question, kind, text, by, now)


def _put(question: Question, kind: str, text: str, by: Person, now: datetime) -> Concern:
    concern = Concern.objects.create(round=question.round, kind=kind, words=text or None, by=by, at=now)
    facts = {"kind": str(kind)}
    history.record(subject=question.subject, kind="concern", actor=by.name, now=now, facts=facts)
    if kind != Kind.ABUSIVE:
        refs = {"subject": question.subject, "concern": str(concern.pk)}
        outbox.put("concern", key=f"concern:{concern.pk}", refs=refs, now=now)
    return concern


def _readers(kind: str) -> dict[str, bool]:
    """What changes of who reads it next."""
    if kind == Kind.LEAD:
        return {"about_staff": True, "about_lead": True}
    return {"about_staff": True} if kind == Kind.STAFF else {}


def _take_from(question: Question, by: Person, now: datetime, kind: str) -> None:
    """Back to be read first, from wherever it is held; an offer of it to its writer goes too."""
    writer = roles.advisor(by)
    if question.status == states.IN_REVIEW:
        unsigning.out_of_review(question, now=now)
        moves.move(question, states.IN_PROGRESS, by=writer, now=now)
    elif question.status == states.PENDING_ASKER:
        moves.move(question, states.IN_PROGRESS, by=moves.SERVICE, now=now)
        redating.tell_what_was_not(question, now=now)
    offered = {"offered_to": None} if question.offered_to_id == by.pk else {}
    moves.move(question, states.NEW, by=writer, now=now, changes=_readers(kind) | offered)
    if question.about_staff:
        _keep_among_few(question, by, now)
    claiming.close(question, at=now)


def _keep_among_few(question: Question, by: Person, now: datetime) -> None:
    """What earlier rounds gave to the library leaves it, nobody's own words wait there to be sent, and what is about
    the lead is kept from them.
    """
    withdrawing.take_off_all(question, now=now)
    unsent.end(question, by=by.name, now=now)
    if question.about_lead:
        claiming.keep_from_leads(question, now=now)


def give_to_lead(*, question: Question, version: int, by: Person, now: datetime) -> Concern:
    """Say as its reader that a question is about someone who works here: only the lead reads it from then on.

    Wherever it is being written it leaves its advisor, the draft kept. Raises Refused, Stale.
    """
    return _give(question, version, Kind.STAFF, by, now)


def give_to_trustee(*, question: Question, version: int, by: Person, now: datetime) -> Concern:
    """The same of one about the safeguarding lead: only a trustee reads it from then on. Raises Refused, Stale."""
    return _give(question, version, Kind.LEAD, by, now)


def _give(question: Question, version: int, kind: Kind, by: Person, now: datetime) -> Concern:
    roles.check_review(by)
    roles.check_see(by, question)
    with _telling_the_manager(question, now):
        return _hand_on(question, version, kind, by, now)


@transaction.atomic
def _hand_on(question: Question, version: int, kind: Kind, by: Person, now: datetime) -> Concern:
    roles.lock_readers(by)  # people first, then the question
    by = seeing.acting(by, question)
    _check_somebody_reads(question, by, kind)
    moves.lock(question)
    seeing.check_version(question, version)
    if question.about_staff:
        raise Stale("Somebody has said so already, and it is kept among few.")
    _take_back(question, by, now)
    moves.update(question, _readers(kind))
    _keep_among_few(question, by, now)
    return _put(question, kind, "", by, now)


def _take_back(question: Question, by: Person, now: datetime) -> None:
    """From whoever writes it to where it is read first; what is not written for an answer stays as it is."""
    reader = roles.supervisor(by)
    if question.status == states.IN_REVIEW:
        unsigning.out_of_review(question, now=now)
    if question.status == states.PENDING_ASKER:
        moves.move(question, states.IN_PROGRESS, by=moves.SERVICE, now=now)
        redating.tell_what_was_not(question, now=now)
    if question.status in states.HELD:
        moves.move(question, states.OPEN, by=reader, now=now)
        claiming.close(question, at=now)
    if question.status == states.OPEN:
        moves.move(question, states.NEW, by=reader, now=now, changes={"offered_to": None})


def _words(kind: str, words: str) -> str:
    if kind not in Kind.values:
        raise Refused("Choose what this is about.")
    text = prose.canonical(words)
    if kind == Kind.SAFETY and not text:
        raise Refused("Write what worries you, so that a supervisor knows where to look.")
    if len(text) > WORDS:
        raise Refused(f"This can have {WORDS:,} characters at most. It has {len(text):,}.")
    return text


class _NobodyReads(Refused):
    """Nobody could read it, were it about a colleague or the lead."""

    def __init__(self) -> None:
        super().__init__(NOBODY)


def _check_somebody_reads(question: Question, by: Person, kind: str) -> None:
    """Raise _NobodyReads; the caller has locked the readers, so that none leaves while it is looked."""
    if kind == Kind.STAFF and by.role == Role.LEAD:
        return
    case = Question(pk=question.pk, about_staff=True, about_lead=kind == Kind.LEAD)
    if not roles.others_who_see(case, than=by).exists():
        raise _NobodyReads


@contextmanager
def _telling_the_manager(question: Question, now: datetime) -> Iterator[None]:
    """Outside the transaction of what is refused, which leaves nothing behind."""
    try:
        yield
    except _NobodyReads:
        outbox.put("nobody-reads-staff", key=f"nobody-reads-staff:{question.pk}:{now:%Y%m%d}", refs={}, now=now)
        raise


@transaction.atomic
def settle(*, concern: Concern, by: Person, now: datetime) -> None:
    """Take a concern off the duty page: somebody has read it and acted. Raises Refused, Stale."""
    question = concern.round.question
    by = seeing.acting(by, question)
    if not Concern.objects.filter(pk=concern.pk, settled_at=None).update(settled_at=now, settled_by=by):
        raise Stale("Someone else has already settled this.")
    concern.settled_at, concern.settled_by = now, by
    facts = {"kind": concern.kind}
    history.record(subject=question.subject, kind="concern_settled", actor=by.name, now=now, facts=facts)
