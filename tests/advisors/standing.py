"""How one question stands, everything on it read at once, and the rules that hold whoever did what."""

from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import F

from advisors.beside.models import AskedBeside, MarginNote, Sitting
from advisors.drafting import fitting
from advisors.drafting.models import Claim, Draft, DraftVersion, HandoverNote, Recusal
from advisors.safeguarding.models import Check, Concern, Entry
from advisors.signoff import signing
from advisors.signoff.models import Approval, Comment, Escalation, LevelChange, OwnWords, Reviewing, Rubric, Wording
from askpeer import history, prose
from askpeer.models import OutboxRow, TrailEntry
from questions import states
from questions.models import Contact, Feedback, LockedNote, Message, Question, Reminder, Round, SafetyReport

OURS = {"answer", "clarification"}  # wordings that were written for one person
# What hangs on a question or its rounds and goes when it is erased.
HANGING = [Message, Draft, DraftVersion, HandoverNote, Recusal, Claim, Approval, Rubric, Escalation, OwnWords, Comment]
HANGING += [
    Reviewing,
    LevelChange,
    Contact,
    Feedback,
    SafetyReport,
    Reminder,
    Concern,
    Sitting,
    MarginNote,
    AskedBeside,
]
COUNTED = [*HANGING, Round, LockedNote, Entry, Check, TrailEntry, OutboxRow]
COLUMNS = ("status", "version", "level", "holder_id", "offered_to_id", "alarm_at", "about_staff", "quarantined")

Picture = dict[str, object]


class Standing(NamedTuple):
    """One question and every row of it that a rule below asks about."""

    question: Question
    trail: list[TrailEntry]
    messages: list[Message]
    approvals: list[Approval]
    claims: list[Claim]
    drafts: list[Draft]
    versions: list[tuple[object, int, object]]  # draft, number and writer of each
    own_words: list[OwnWords]
    entries: set[tuple[object, ...]]


@cache
def _question_and_counts() -> str:
    counts = ", ".join(f"(SELECT COUNT(*) FROM {model._meta.db_table})" for model in COUNTED)
    signed = f"(SELECT COUNT(*) FROM {Approval._meta.db_table} WHERE voided_at IS NULL)"
    return f"SELECT {', '.join(COLUMNS)}, {counts}, {signed} FROM {Question._meta.db_table}"


def picture() -> Picture:
    """What an act may change, in 1 SQL: the one question's row, and how many rows of each kind there are."""
    names = [*COLUMNS, *[model.__name__ for model in COUNTED], "signed"]
    with connection.cursor() as cursor:
        cursor.execute(_question_and_counts())
        return dict(zip(names, cursor.fetchone(), strict=True))


def read(seen: Picture) -> Standing:
    """Everything about the one question. 4 SQL, and one for each kind of row below that its picture counted."""
    question = Question.objects.get()
    rounds = {turn.pk: turn for turn in question.rounds.all()}
    for turn in rounds.values():
        turn.question = question

    def rows(queryset):
        found = list(queryset) if seen[queryset.model.__name__] else []
        for row in found:
            if hasattr(row, "round_id"):
                row.round = rounds[row.round_id]
        return found

    return Standing(
        question,
        history.of(question.subject),
        rows(Message.objects.all()),
        rows(Approval.objects.select_related("version__draft", "approver")),
        rows(Claim.objects.filter(released_at=None)),
        rows(Draft.objects.all()),
        rows(DraftVersion.objects.order_by("number").values_list("draft", "number", "writer")),
        rows(OwnWords.objects.filter(approver__isnull=False)),
        {_plain(entry) for entry in rows(Entry.objects.order_by().values_list())},
    )


def _plain(entry):
    """A row as it can be compared: PostgreSQL gives sealed bytes as a view of them."""
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in entry)


def check(now_there: Standing, listed: set[tuple[str, str]], *, now) -> None:
    """Every rule that holds at any moment. listed: kind and text of each sentence that two people approved."""
    _went_only_where_the_table_leads(now_there)
    _nobody_signed_their_own(now_there)
    _signatures_and_deliveries_stand_in_the_trail(now_there)
    _what_was_delivered_was_approved(now_there, listed)
    _one_claim_lives_and_it_is_the_holders(now_there)
    _a_case_about_staff_is_held_by_nobody(now_there)
    _versions_have_no_gap(now_there)
    _what_is_in_review_is_one_draft(now_there)
    _whoever_holds_it_may(now_there, now)
    if now_there.question.status == states.WITHDRAWN:
        _nothing_is_left(now_there.question)


def listed() -> set[tuple[str, str]]:
    """The sentences that one person wrote and another approved."""
    rows = Wording.objects.filter(approver__isnull=False).exclude(approver=F("writer"))
    return {(row.kind, prose.canonical(row.text)) for row in rows}


def moved(now_there: Standing) -> list[tuple[str, str]]:
    """Its steps, as the trail has them."""
    return [(entry.facts["from"], entry.facts["to"]) for entry in now_there.trail if entry.kind == "moved"]


def _went_only_where_the_table_leads(there):
    steps, question = moved(there), there.question
    path = [states.NEW, *[to for _, to in steps]]
    assert [came_from for came_from, _ in steps] == path[:-1]
    assert [step for step in steps if step not in states.MOVES] == []
    assert (question.status, question.version) == (path[-1], len(path))


def _nobody_signed_their_own(there):
    own = [row for row in there.approvals if not row.writer_id == row.version.writer_id != row.approver_id]
    assert own == []


def _signatures_and_deliveries_stand_in_the_trail(there):
    written = {
        (entry.facts["draft"], entry.facts["number"], entry.actor) for entry in there.trail if entry.kind == "approved"
    }
    signed = {(str(row.version.draft_id), row.version.number, row.approver.name) for row in there.approvals}
    assert signed <= written
    if there.question.status == states.WITHDRAWN:
        return
    said, ends = [row.kind for row in there.messages], [to for _, to in moved(there)]
    assert said.count("answer") == ends.count(states.ANSWERED)
    assert said.count("clarification") == ends.count(states.PENDING_ASKER)
    assert said.count("redirect") == ends.count(states.REDIRECTED)
    assert said.count("holding") == len([entry for entry in there.trail if entry.kind == "holding"])


def _what_was_delivered_was_approved(there, listed):
    for message in there.messages:
        if message.is_from_asker:
            continue
        assert bytes(message.digest) == prose.digest(message.text, key=there.question.key())
        assert message.kind not in OURS or signatures(there, message)
        assert message.kind in OURS or (message.kind, message.text) in listed or _two_people_said(there, message)


def signatures(there: Standing, message: Message) -> list[Approval]:
    """The live signatures under the very words of a message, in its own round."""
    return [
        row
        for row in there.approvals
        if row.voided_at is None
        and row.digest == message.digest
        and (row.version.draft.kind, row.version.draft.round_id) == (message.kind, message.round_id)
    ]


def _two_people_said(there, message):
    """Whether one person wrote these very words for this round and another sent them."""
    return [
        row
        for row in there.own_words
        if (row.round_id, row.kind, row.text, row.ended_at)
        == (message.round_id, message.kind, message.text, message.sent_at)
        and row.writer_id != row.approver_id
    ]


def carries_what_its_level_asks(there: Standing, message: Message, level: str) -> bool:
    """Whether an answer carries as many signatures as its level asked for when it was sent, and whose."""
    signers = [row.approver for row in signatures(there, message)]
    if level != states.RED:
        return len(signers) >= 1
    return len({signer.pk for signer in signers}) >= 2 and any(map(signing.signs_red, signers))


def _one_claim_lives_and_it_is_the_holders(there):
    question, live = there.question, [claim.person_id for claim in there.claims]
    # The ladder returns a question without knowing of claims: there the next one closes what it left.
    assert len(live) <= 1
    if question.status in states.HELD:
        assert live == [question.holder_id] * (question.holder_id is not None)


def _a_case_about_staff_is_held_by_nobody(there):
    question = there.question
    assert not question.about_staff or question.status not in {states.OPEN, *states.HELD}


def _versions_have_no_gap(there):
    for draft in there.drafts:
        numbers = [number for of, number, _ in there.versions if of == draft.pk]
        assert numbers == list(range(1, draft.number + 1))


def _what_is_in_review_is_one_draft(there):
    waiting = [
        draft for draft in there.drafts if draft.submitted_at and draft.round.number == there.question.round_number
    ]
    if there.question.status == states.IN_REVIEW:
        assert len(waiting) == 1


def _whoever_holds_it_may(there, now):
    question = there.question
    if question.status not in states.HELD or question.holder_id is None:
        return
    assert question.holder.is_active
    assert not Recusal.objects.filter(question=question, person=question.holder).exists()
    # A reply may raise the level before anybody has read it; whoever passes it on takes it from them.
    assert _unread(there) or not fitting.is_too_heavy(question.holder, question, now)


def _unread(there):
    """What the asker said in this round and triage has not read."""
    turn = there.question.round_number
    return [row for row in there.messages if row.is_from_asker and row.round.number == turn and row.passed_at is None]


class Waits(NamedTuple):
    """A question that its holder, under 18, has but may not write on: how much of theirs it had by then."""

    holder: object
    versions: int
    sent: int


def waits(now_there: Standing, *, now) -> Waits | None:
    """Whether a reply made it too heavy for its holder; from one look to the next it stays so, or ends."""
    question = now_there.question
    if question.status not in states.HELD or question.holder_id is None:
        return None
    if not fitting.is_too_heavy(question.holder, question, now):
        return None
    theirs = [writer for _, _, writer in now_there.versions if writer == question.holder_id]
    sent = [to for _, to in moved(now_there) if to == states.IN_REVIEW]
    return Waits(question.holder_id, len(theirs), len(sent))


def _nothing_is_left(question):
    assert (question.wrapped_key, question.receipt_digest, question.age_band, question.summary) == (None,) * 4
    assert [model.__name__ for model in HANGING if model._base_manager.exists()] == []
