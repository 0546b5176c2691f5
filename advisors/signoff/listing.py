"""What waits for a supervisor: new questions, replies and words to pass on, drafts to review, reports to settle.

Lists are read in keyset order: by level, then by the moment they count from, then by id. A cursor is the place of the
last row shown; one that was tampered with begins the list again.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from advisors import roles
from advisors.drafting import timing
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import seeing, signing
from advisors.signoff.models import Approval, Escalation, Reviewing
from questions import states
from questions.models import Feedback, Message, Question, Round, SafetyReport

SIZE = 30
RANKS = ("0", "1", "2", "3", "4", "5")
QUARANTINE = "2~99991231T235959.999999~ffffffff-ffff-ffff-ffff-ffffffffffff"  # past the last of the rest
STAMP = "%Y%m%dT%H%M%S.%f"
READ_ON = frozenset({states.OPEN, states.ANSWERED}) | states.HELD  # statuses in which a later text waits for triage
WITH_ADVISORS = states.PROMISED - {states.NEW, states.IN_REVIEW}
RED_WITH_ADVISORS = states.UNFINISHED - {states.NEW, states.IN_REVIEW}
ENDED = frozenset({states.REDIRECTED, states.CLOSED})  # a reply that still waits then is read all the same


class Page(NamedTuple):
    """One page of a list and the cursor of the next, "" at the end."""

    items: list[Any]
    cursor: str = ""


class Fresh(NamedTuple):
    """A new question or follow-up at triage. asked and due are in words; late is on_time, at_risk or late."""

    question: Question
    asked: str
    due: str
    late: str


class Behind(NamedTuple):
    """A question whose promise is broken or at risk. due and the new date it was given are in words; late is at_risk or
    late.
    """

    question: Question
    due: str
    late: str
    redated: str = ""


class Waiting(NamedTuple):
    """Everything at triage: new questions, and what askers sent later."""

    questions: Page
    messages: list[Message]
    feedback: list[Feedback]
    red_apart: str = ""  # how many have red words in quarantine: below the rest of the list, and not to be missed


class ToReview(NamedTuple):
    """A draft that waits for a signature. first is who has signed a red one already, busy who is reading it now.

    escalated is the alias of who did so, or ""; buddy: this reader is the author's; insisted: the author thinks that
    stopped words are right here.
    """

    draft: Draft
    question: Question
    due: str
    late: str
    writer: Person
    first: Person | None
    busy: Person | None
    escalated: str
    buddy: bool
    young: bool
    insisted: bool


def waiting(person: Person, *, now: datetime, cursor: str = "") -> Waiting:
    """What this reviewer has to triage. 5 SQL whatever the length; QUARANTINE is the cursor of what came in apart.

    Raises Refused.
    """
    roles.check_handle(person)
    rows = _new(person).select_related("topic")
    page = _page(rows, "entered_at", cursor, rank=_genuine_first())
    turns = _turns(page.items)
    fresh = [_fresh(row, turns[row.pk], now) for row in page.items]
    red_apart = _bounded(rows.filter(quarantined=True, level=states.RED))
    return Waiting(page._replace(items=fresh), _messages(person), _feedback(person), red_apart)


def _new(person: Person) -> QuerySet[Question]:
    return Question.objects.filter(seeing.visible(person), status=states.NEW)


def _bounded(rows: QuerySet) -> str:
    """How many there are as far as anybody counts: "" for none, "7", "30 or more"."""
    found = len(rows.order_by().values_list("pk")[:SIZE])
    return f"{SIZE} or more" if found == SIZE else str(found or "")


def more_wait(person: Person, question: Question) -> str:
    """How many other new questions wait for this reviewer: "", "3", "30 or more". 1 SQL."""
    return _bounded(_new(person).exclude(pk=question.pk))


def next_new(person: Person, *, after: UUID | None = None) -> Question | None:
    """The new question to read next, or None: the first of the list, or the first below the one just read.

    The last leads to the first again, and one that waits no more to the first. 1 SQL, and 2 where there is one before.
    """
    roles.check_handle(person)
    rows = _new(person)
    ranked = _ranked(rows, "entered_at", _genuine_first())
    read = ranked.filter(pk=after).first() if after else None
    others = rows.exclude(pk=after) if after else rows
    below = _page(others, "entered_at", _write(read), rank=_genuine_first()).items if read else []
    return next(iter(below or _page(others, "entered_at", "", rank=_genuine_first()).items), None)


def _genuine_first() -> Case:
    """What came in quarantine after everything else, however red it sounds: a flood buries nobody."""
    levels = (states.RED, states.AMBER, states.GREEN)
    ordered = [{"quarantined": apart, "level": level} for apart in (False, True) for level in levels]
    return Case(*(When(**which, then=Value(place)) for place, which in enumerate(ordered)))


def _fresh(question: Question, turn: Round, now: datetime) -> Fresh:
    late = timing.lateness(question, turn, now=now)
    return Fresh(question, timing.ago(turn.asked_at, now=now), timing.due(question, turn, late, now=now), late)


def _messages(person: Person) -> list[Message]:
    rows = Message.objects.filter(
        seeing.visible(person, question="round__question"),
        kind__in=Message.FROM_ASKER,
        passed_at=None,
    ).filter(
        # The opening of a question that was redirected at triage waits for nobody any more.
        Q(round__question__status__in=READ_ON) | Q(round__question__status__in=ENDED, kind=Message.Kind.REPLY)
    )
    return _red_first(rows)


def _feedback(person: Person) -> list[Feedback]:
    rows = Feedback.objects.filter(
        seeing.visible(person, question="round__question"),
        words__isnull=False,
        passed_at=None,
    ).exclude(round__question__status=states.WITHDRAWN)
    return _red_first(rows)


def reports(person: Person) -> list[SafetyReport]:
    """Safety reports that nobody has settled, red first, then the oldest."""
    rows = SafetyReport.objects.filter(
        seeing.visible(person, question="round__question"), round__question__wrapped_key__isnull=False, settled_at=None
    )
    return _red_first(rows)


def _red_first(rows: QuerySet) -> list[Any]:
    """The first of these texts, those of red questions leading, each with its question at hand."""
    ranked = rows.select_related("round__question__topic").order_by(
        _rank(states.RED, level="round__question__level"), "sent_at", "id"
    )
    return list(ranked[:SIZE])


def _rank(*levels: str, level: str) -> Case:
    """These levels lead, in this order; level is the way to the column. What they do not name comes last."""
    ahead = [When(**{level: name}, then=Value(place)) for place, name in enumerate(levels)]
    return Case(*ahead, default=Value(len(levels)))


def behind(person: Person, *, now: datetime) -> list[Behind]:
    """What is late or soon will be and is with advisors, the oldest promise first. 1 SQL.

    What waits for reviewers themselves, new, to assign or in review, has lists of its own; only a draft in a language
    this person does not read is on none of those.
    """
    unread = Q(question__status=states.IN_REVIEW) & ~Q(question__language__in=person.languages)
    rows = Round.objects.filter(
        seeing.visible(person, question="question"),
        Q(due_at__lte=now) | Q(reached__in=Round.WARNED),
        Q(question__status__in=WITH_ADVISORS) | unread,
        number=F("question__round_number"),
    )
    rows = rows.exclude(question__status=states.OPEN, question__may_know_advisor=True)
    turns = rows.select_related("question__topic", "question__holder").order_by("due_at", "pk")[:SIZE]
    # A pause may have moved the due moment away again after the reminder.
    return [item for item in (_behind(turn, now) for turn in turns) if item.late != "on_time"]


def _behind(turn: Round, now: datetime) -> Behind:
    late = timing.lateness(turn.question, turn, now=now)
    redated = timing.moment(turn.redated_at) if late == "late" and turn.redated_at else ""
    return Behind(turn.question, timing.due(turn.question, turn, late, now=now), late, redated)


def red_written(person: Person) -> list[Question]:
    """Red questions that are with advisors or wait for their asker, so that the lead comes to them. 1 SQL."""
    rows = Question.objects.filter(seeing.visible(person), level=states.RED, status__in=RED_WITH_ADVISORS)
    rows = rows.exclude(status=states.OPEN, may_know_advisor=True).select_related("topic", "holder")
    return list(rows.order_by("entered_at", "id")[:SIZE])


def to_assign(person: Person) -> list[Question]:
    """Open questions of askers who may know an advisor, red first: a supervisor chooses who answers."""
    rows = Question.objects.filter(seeing.visible(person), status=states.OPEN, may_know_advisor=True)
    return list(rows.select_related("topic").order_by(_rank(states.RED, level="level"), "entered_at", "id")[:SIZE])


def queue(person: Person, *, now: datetime, cursor: str = "") -> Page:
    """Drafts this reviewer may sign: never their own, nor one they have signed. 4 SQL. Raises Refused."""
    roles.check_review(person)
    rows = signable(person).select_related("round__question__topic", "round__question__holder", "reviewing__person")
    escalated = Escalation.objects.filter(draft=OuterRef("pk"), settled_at=None).values("by__alias")
    rows = rows.annotate(
        escalated=Subquery(escalated[:1]), insists=ExpressionWrapper(Q(insisted__isnull=False), BooleanField())
    )
    page = _page(rows, "round__due_at", cursor, rank=_pinned(person, now))
    writers, firsts = _writers(page.items), _first_signers(page.items)
    return page._replace(items=[_to_review(draft, person, writers, firsts, now) for draft in page.items])


def _pinned(person: Person, now: datetime) -> Case:
    """Red, then what was given to this person as lead or deputy, what is theirs to read as a buddy, late or at risk."""
    escalated = Q(escalated__isnull=False) if signing.signs_red(person) else Q(pk__in=[])
    late = Q(round__due_at__lte=now) | Q(round__reached__in=Round.WARNED)
    ahead = [Q(round__question__level=states.RED), escalated, Q(round__question__holder__buddy=person), late]
    return Case(*(When(which, then=Value(place)) for place, which in enumerate(ahead)), default=Value(len(ahead)))


def signable(person: Person) -> QuerySet[Draft]:
    """The drafts in review that this person can read, and neither wrote, nor holds, nor has signed.

    One that was red when they signed it and is not now is theirs to send.
    """
    current = DraftVersion.objects.filter(draft=OuterRef("pk"), number=OuterRef("number"))
    signed = current.filter(approvals__approver=person, approvals__voided_at=None)
    return Draft.objects.filter(
        seeing.visible(person, question="round__question"),
        ~Exists(current.filter(writer=person)),
        ~Q(round__question__level=states.RED) | ~Exists(signed),
        submitted_at__isnull=False,
        round__question__status=states.IN_REVIEW,
        round__question__language__in=person.languages,
        round__number=F("round__question__round_number"),
    ).exclude(round__question__holder=person)


def _to_review(draft: Any, reader: Person, writers: dict, firsts: dict, now: datetime) -> ToReview:
    question, turn = draft.round.question, draft.round
    busy, late = getattr(draft, "reviewing", None), timing.lateness(question, turn, now=now)
    author = question.holder or writers[draft.pk]
    return ToReview(
        draft,
        question,
        timing.due(question, turn, late, now=now),
        late,
        writers[draft.pk],
        firsts.get(draft.pk),
        busy.person if busy and is_busy(busy, now=now) else None,
        escalated=draft.escalated or "",
        buddy=bool(question.holder) and author.buddy_id == reader.pk,
        young=author.is_under_18(now),
        insisted=draft.insists,
    )


def is_busy(row: Reviewing, *, now: datetime) -> bool:
    """Whether somebody who began reading is still counted as at it: for half an hour, as long as a session idles."""
    return (now - row.since).total_seconds() < 1800


def _writers(drafts: list[Draft]) -> dict[UUID, Person]:
    rows = DraftVersion.objects.filter(draft__in=drafts, number=F("draft__number")).select_related("writer")
    return {row.draft_id: row.writer for row in rows.defer("text", "details")}


def _first_signers(drafts: list[Draft]) -> dict[UUID, Person]:
    rows = Approval.objects.filter(
        version__draft__in=drafts, version__number=F("version__draft__number"), voided_at=None
    )
    return {row.version.draft_id: row.approver for row in rows.select_related("approver", "version")}


def _turns(questions: list[Question]) -> dict[UUID, Round]:
    rows = Round.objects.filter(question__in=questions, number=F("question__round_number"))
    return {row.question_id: row for row in rows}


def _page(rows: QuerySet, at: str, cursor: str, *, rank: Case) -> Page:
    ranked = _ranked(rows, at, rank)
    if place := _read(cursor):
        reached, moment, pk = place
        later = Q(at__gt=moment) | Q(at=moment, pk__gt=pk)
        ranked = ranked.filter(Q(rank__gt=reached) | (Q(rank=reached) & later))
    found = list(ranked.order_by("rank", "at", "pk")[: SIZE + 1])
    return Page(found[:SIZE], _write(found[SIZE - 1]) if len(found) > SIZE else "")


def _ranked(rows: QuerySet, at: str, rank: Case) -> QuerySet:
    return rows.annotate(rank=rank, at=F(at))


def _write(row: Any) -> str:
    return f"{row.rank}~{row.at.astimezone(UTC):{STAMP}}~{row.pk}"


def _read(cursor: str) -> tuple[int, datetime, UUID] | None:
    try:
        rank, moment, pk = cursor.split("~")
        at = datetime.strptime(moment, STAMP).replace(tzinfo=UTC)
        return RANKS.index(rank), at, UUID(pk)
    except ValueError:
        return None
