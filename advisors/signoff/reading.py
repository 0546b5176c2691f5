"""What a reviewer reads: the asker's texts with personal details marked, the draft with its comments, what changed."""

import json
from typing import NamedTuple

from django.db.models import Q
from django.utils.safestring import mark_safe

from advisors.drafting import diffing, masking, timing, wording, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import commenting, escalating, marking, signing
from advisors.signoff.models import Approval, Comment, Escalation
from askpeer import details, prose
from questions import states
from questions.intake import cards, risk
from questions.models import Message, Question

NAMES = {
    "question": "They asked",
    "follow_up": "They asked again",
    "reply": "They replied",
    "clarification": "We asked",
    "answer": "Our answer",
    "holding": "Our holding reply",
    "redirect": "Where we sent them",
}


class Said(NamedTuple):
    """One text. Theirs and each moment of their timeline are cut at their details; ours is the HTML approved."""

    name: str
    when: str
    pieces: list[details.Piece]
    html: str
    cards: list[str]
    timeline: list[list[details.Piece]]
    waits: bool


class Paragraph(NamedTuple):
    """A paragraph of the current version and the comments pinned to it; number 0 is the whole draft."""

    number: int
    text: str
    comments: list[Comment]


class Review(NamedTuple):
    """Everything beside the asker's words on a review page."""

    draft: Draft
    version: DraftVersion
    html: str
    paragraphs: list[Paragraph]
    earlier: list[Comment]
    open_comments: list[Comment]
    before: DraftVersion | None
    changes: list[diffing.Piece]
    details: list[str]
    findings: list[wording.Finding]
    found: signing.Found
    insisted: str
    sources: str
    whole_rubric: bool
    escalation: Escalation | None
    reading_age: float
    signed: list[Approval]
    needed: int
    small_edit: bool


def thread(question: Question) -> list[Said]:
    """Everything said so far, in order."""
    rows = list(Message.objects.filter(round__question=question).select_related("round"))
    for row in rows:
        row.round.question = question
    return [said(row) for row in sorted(rows, key=lambda row: (row.round.number, row.sent_at, str(row.pk)))]


def said(row: Message) -> Said:
    """One text as staff read it. Its question has to be at hand: row.round.question."""
    when = timing.moment(row.sent_at)
    if not row.is_from_asker:
        # Rendered and cleaned once, when two people had approved it.
        return Said(NAMES[row.kind], when, [], mark_safe(row.html or ""), [], [], False)  # nosec B308 B703
    extras = json.loads(row.extras) if row.extras else {}
    chosen = [str(cards.LABELS.get(slug, slug)) for slug in extras.get("cards", [])]
    moments = [details.marked(moment) for moment in extras.get("timeline", []) if moment]
    return Said(NAMES[row.kind], when, details.marked(row.text), "", chosen, moments, row.passed_at is None)


def reasons(question: Question) -> list[tuple[str, str]]:
    """Why software raised this round's level: (label, phrase) of each rule that its words match."""
    rows = Message.objects.filter(round=question.round, kind__in=Message.FROM_ASKER)
    texts = []
    for row in rows:
        row.round.question = question
        texts += [row.text, *(json.loads(row.extras).get("timeline", []) if row.extras else [])]
    return risk.level_of("\n".join(texts)).reasons


def draft_in_review(question: Question) -> Draft | None:
    """The draft of the current round that waits for a signature, or None."""
    if question.status != states.IN_REVIEW:
        return None
    draft = Draft.objects.filter(round=question.round, submitted_at__isnull=False).first()
    if draft:
        draft.round = question.round
    return draft


def review(draft: Draft, *, by: Person) -> Review:
    """The current version as this reviewer reads it. Raises Refused where nothing is written."""
    version = commenting.newest(draft)
    comments = commenting.of(draft)
    before = _before(version, by)
    return Review(
        draft=draft,
        version=version,
        # As it is rendered when the last signature sends it.
        html=mark_safe(prose.render(version.text)),  # nosec B308 B703
        paragraphs=_paragraphs(version, comments),
        earlier=[row for row in comments if row.version_id != version.pk],
        open_comments=[row for row in comments if row.resolved_at is None],
        before=before,
        changes=diffing.words(before.text, version.text) if before else [],
        details=writing.details_of(version),
        findings=wording.check(version.text),
        found=signing.found_in(version, draft.round.question),
        insisted=draft.insisted or "",
        sources=version.sources or "",
        whole_rubric=marking.is_whole_asked(version, draft.round.question),
        escalation=escalating.open_one(draft),
        reading_age=prose.reading_age(version.text),
        signed=signing.live(version),
        needed=signing.needed(draft.round.question),
        small_edit=signing.is_small_edit(version, draft.round.question),
    )


def _paragraphs(version: DraftVersion, comments: list[Comment]) -> list[Paragraph]:
    texts = ["", *commenting.paragraphs(version.text)]
    here = [row for row in comments if row.version_id == version.pk]
    return [
        Paragraph(number, text, [row for row in here if row.paragraph == number]) for number, text in enumerate(texts)
    ]


def _before(version: DraftVersion, by: Person) -> DraftVersion | None:
    """The version to compare with: the last this reviewer acted on, else any reviewer, else another writer's."""
    earlier = version.draft.versions.filter(number__lt=version.number).select_related("writer").order_by("number")
    mine = earlier.filter(Q(comments__writer=by) | Q(approvals__approver=by)).last()
    others = Q(comments__isnull=False) | Q(approvals__isnull=False) | ~Q(writer=version.writer_id)
    found = mine or earlier.filter(others).last()
    if found:
        found.draft = version.draft
    return found


class Edited(NamedTuple):
    """A wording as its author reads it, and what changed since the last one of their own; hidden names are hidden."""

    version: DraftVersion
    text: str
    changes: list[diffing.Piece]


def edited(draft: Draft, *, author: Person) -> Edited:
    """For the author: the current version. Raises Refused."""
    version = commenting.newest(draft)
    own = draft.versions.filter(writer=author, number__lte=version.number).order_by("number").last()
    if own:
        own.draft = draft
    names = masking.names_of(draft.round.question)
    text = masking.hide(version.text, names)
    return Edited(version, text, diffing.words(masking.hide(own.text, names) if own else "", text))
