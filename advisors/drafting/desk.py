"""The desk: what an advisor has in hand, and at most twenty questions that fit them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from advisors.drafting import fitting, timing
from advisors.drafting.models import DraftVersion
from advisors.drafting.timing import TimeLeft
from advisors.models import Person
from questions import states
from questions.models import Question, Round

MOST = 20
LOOKED_AT = 60  # of the longest waiting, so that a busy desk costs no more than a quiet one
WORDS = {
    states.IN_PROGRESS: "You are writing",
    states.PENDING_ASKER: "Waiting for their reply",
    states.IN_REVIEW: "Being checked",
    states.CHANGES_REQUESTED: "Changes asked for",
}


class Card(NamedTuple):
    """One question as the desk shows it: nothing of the asker's own words."""

    question: Question
    topic: str
    summary: str
    notes: list[str]
    time: TimeLeft
    ask_first: bool
    offered: bool
    state: str
    to_accept: bool


def cards(person: Person, *, now: datetime) -> list[Card]:
    """The questions this person may claim, red first, then the soonest due; none while they may not claim. 3 SQL."""
    if fitting.why_not_today(person, now):
        return []
    waiting = _looked_at(_waiting(person, now))
    mine = [question for question in waiting if not fitting.is_kept_for_another(person, question, now)]
    mine.sort(key=lambda row: (row.level != states.RED, row.offered_to_id != person.pk, row.round.due_at))
    return [_card(person, question, now) for question in mine[:MOST]]


def mine(person: Person, *, now: datetime) -> list[Card]:
    """What this person holds: first what waits for them, then what waits for somebody else. 3 SQL at most."""
    held = Question.objects.filter(holder=person, status__in=states.HELD).select_related("topic")
    questions = with_rounds(held)
    changed = _changed_by_another(person, questions)
    questions.sort(key=lambda question: (question.status not in fitting.IN_HAND, question.round.due_at))
    return [_card(person, question, now, to_accept=question.pk in changed) for question in questions]


def with_rounds(rows: Iterable[Question]) -> list[Question]:
    """Each question once, with its current round, in 1 SQL besides the rows' own."""
    questions = {question.pk: question for question in rows}
    for turn in Round.objects.filter(question__in=questions, number=F("question__round_number")):
        turn.question = questions[turn.question_id]
        turn.question.__dict__["_round"] = turn
    return list(questions.values())


def _looked_at(waiting: QuerySet[Question]) -> list[Question]:
    # Asked for by itself: a red one is seen however many have waited longer.
    red = waiting.filter(level=states.RED)[:LOOKED_AT]
    return with_rounds([*red, *waiting[:LOOKED_AT]])


def _waiting(person: Person, now: datetime) -> QuerySet[Question]:
    # Said as NOT EXISTS: "holder IS NULL" lures the planner to the holders' index, and there to every closed question.
    rows = Question.objects.filter(
        ~Exists(Person.objects.filter(pk=OuterRef("holder"))),
        status__in=fitting.CLAIMABLE,
        about_staff=False,
        quarantined=False,
        may_know_advisor=False,
        writer__in=fitting.writers(person, now),
        language__in=person.languages,
    ).exclude(recusals__person=person)
    if never := person.boundary_topics("never"):
        rows = rows.exclude(topic__slug__in=never)
    if person.partner_id:
        rows = rows.exclude(partner=person.partner_id)
    if person.is_under_18(now):
        rows = rows.filter(level=states.GREEN).exclude(topic__sensitive=True)
    return rows.select_related("topic").order_by("asked_at", "id")


def _changed_by_another(person: Person, questions: list[Question]) -> set[object]:
    """The questions in review whose current wording somebody else wrote: their author has to read it."""
    in_review = [question.pk for question in questions if question.status == states.IN_REVIEW]
    changed = DraftVersion.objects.filter(
        draft__round__question__in=in_review, draft__submitted_at__isnull=False, number=F("draft__number")
    ).exclude(writer=person)
    return set(changed.values_list("draft__round__question", flat=True))


def _card(person: Person, question: Question, now: datetime, *, to_accept: bool = False) -> Card:
    return Card(
        question=question,
        topic=question.topic.label if question.topic else "No topic yet",
        summary=question.summary or "",
        notes=question.content_notes,
        time=timing.left(question, now=now),
        ask_first=fitting.is_ask_first(person, question),
        offered=question.offered_to_id == person.pk,
        state=WORDS.get(question.status, ""),
        to_accept=to_accept,
    )
