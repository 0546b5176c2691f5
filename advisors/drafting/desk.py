"""The desk: what an advisor has in hand, at most twenty questions that fit them, and why there are no more."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from advisors.drafting import fitting, masking, timing
from advisors.drafting.fitting import Today
from advisors.drafting.models import Claim, DraftVersion
from advisors.drafting.timing import TimeLeft
from advisors.models import Person
from questions import states
from questions.models import Feedback, Question, Round

MOST = 20
MOST_THANKS = 5
LOOKED_AT = 60  # of the longest waiting, so that a busy desk costs no more than a quiet one
WORDS = {
    states.IN_PROGRESS: "You are writing",
    states.PENDING_ASKER: "Waiting for their reply",
    states.IN_REVIEW: "Being checked",
    states.CHANGES_REQUESTED: "Changes asked for",
}

# Why a question is not on somebody's desk: for one question and for several.
REASONS = {
    "never": ("1 is on a topic you keep away from.", "{} are on topics you keep away from."),
    "school": ("1 came through your own school or club.", "{} came through your own school or club."),
    "language": ("1 is in a language you do not answer in.", "{} are in languages you do not answer in."),
    "adult": ("1 is for people who are 18 or over.", "{} are for people who are 18 or over."),
    "expert": ("1 is for an expert: they asked for one.", "{} are for an expert: they asked for one."),
    "kept": ("1 waits for the advisor who wrote last time.", "{} wait for the advisors who wrote last time."),
    "hard": ("1 is heavy, and you said that today is hard.", "{} are heavy, and you said that today is hard."),
    "week": (
        "1 is heavy, and you took three heavy ones in the last seven days.",
        "{} are heavy, and you took three heavy ones in the last seven days.",
    ),
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
    why: str
    remarks: int


class Look(NamedTuple):
    """What waits: the cards, and how many were left out for which reason of REASONS."""

    cards: list[Card]
    left_out: Counter[str]


class Thanks(NamedTuple):
    """What an asker said of an answer, as its advisor may read it, and a supervisor's line under it, or ""."""

    topic: str
    words: str
    coaching: str = ""


def cards(person: Person, *, now: datetime, today: Today | None = None) -> list[Card]:
    """The questions this person may claim, red first, then the soonest due; none while they may not claim.

    3 SQL, one more for how they are today, where something heavy waits for an advisor one for their week, and where
    something is kept for another one for who is away.
    """
    return look(person, now=now, today=today).cards


def look(person: Person, *, now: datetime, today: Today | None = None) -> Look:
    """The cards, and of those looked at how many were left out, and why."""
    today = today or Today(person, now)
    if fitting.why_not_today(person, now):
        return Look([], Counter())
    mine, left_out = [], Counter[str]()
    for question in _looked_at(_waiting(person, now)):
        if fitting.is_too_heavy(person, question, now):
            continue  # by its content notes, which no filter reads; why_not_more() counts it
        if reason := _left_out(question, today):
            left_out[reason] += 1
        else:
            mine.append(question)
    mine.sort(key=lambda row: (row.level != states.RED, row.offered_to_id != person.pk, row.round.due_at))
    return Look(_cards(person, mine[:MOST], now), left_out)


def _left_out(question: Question, today: Today) -> str:
    if fitting.is_kept_for_another(question, today):
        return "kept"
    if fitting.too_much_today(question, today):
        return "hard"
    return "week" if fitting.too_many_heavy(question, today) else ""


def why_not_more(person: Person, seen: Look, *, now: datetime) -> list[str]:
    """A sentence for each reason why others that wait are not on this desk; of those that waited longest. 1 SQL.

    What nobody is to know is not among them: cases about staff, quarantine, who may know whom, who stepped back.
    """
    others = Counter(reason for row in _others(person) if (reason := _keeps_away(person, row, now)))
    return [_counted(reason, number) for reason in REASONS if (number := seen.left_out[reason] + others[reason])]


def nothing(seen: Look) -> str:
    """What an empty list says."""
    if seen.left_out["hard"]:
        return "Nothing lighter is waiting right now. The heavy ones are left out, since today is hard."
    return "Nothing is waiting that fits you right now."


def _counted(reason: str, number: int) -> str:
    one, several = REASONS[reason]
    return one if number == 1 else several.format(number)


def mine(person: Person, *, now: datetime, since: datetime | None = None) -> list[Card]:
    """What this person holds: first what waits for them, then what waits for somebody else. 3 SQL at most.

    Each with how many remarks of others it got after since.
    """
    held = Question.objects.filter(holder=person, status__in=states.HELD).select_related("topic")
    if since:
        theirs = Q(rounds__drafts__versions__comments__written_at__gt=since)
        theirs &= ~Q(rounds__drafts__versions__comments__writer=person)
        held = held.annotate(remarks=Count("rounds__drafts__versions__comments", filter=theirs, distinct=True))
    questions = with_rounds(held)
    changed = _changed_by_another(person, questions)
    questions.sort(key=lambda question: (question.status not in fitting.IN_HAND, question.round.due_at))
    return [_card(person, question, now, to_accept=question.pk in changed) for question in questions]


def thanks(person: Person, *, since: datetime | None = None, now: datetime) -> list[Thanks]:
    """What askers said of this person's answers and a supervisor passed on, newest first; after since, where given.
    1 SQL.
    """
    wrote = Claim.objects.filter(
        Q(released_at=None) | Q(released_at__gte=OuterRef("round__answered_at")),
        person=person,
        question=OuterRef("round__question"),
        round_number=OuterRef("round__number"),
        claimed_at__lte=OuterRef("round__answered_at"),
    )
    rows = Feedback.objects.filter(
        Exists(wrote), passed_at__lte=now, words__isnull=False, round__question__about_staff=False
    ).exclude(round__question__recusals__person=person)
    if since:
        rows = rows.filter(passed_at__gt=since)
    newest = rows.select_related("round__question__topic", "coaching").order_by("-passed_at")[:MOST_THANKS]
    return [_thanks(row) for row in newest]


def _thanks(row: Feedback) -> Thanks:
    question, line = row.round.question, getattr(row, "coaching", None)
    names = masking.names_of(question)
    if line:
        line.feedback = row
    return Thanks(
        _topic(question), masking.mask(row.words or "", names), masking.mask(line.text, names) if line else ""
    )


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
    rows = _claimable(person).filter(writer__in=fitting.writers(person, now), language__in=person.languages)
    if never := person.boundary_topics("never"):
        rows = rows.exclude(topic__slug__in=never)
    if person.partner_id:
        rows = rows.exclude(partner=person.partner_id)
    if person.is_under_18(now):
        rows = rows.filter(level=states.GREEN).exclude(topic__sensitive=True)
    return rows.select_related("topic", "offered_to").order_by("asked_at", "id")


def _claimable(person: Person) -> QuerySet[Question]:
    """What waits for an advisor, whoever that may be, and is nothing that this person may not even hear of."""
    # Said as NOT EXISTS: "holder IS NULL" lures the planner to the holders' index, and there to every closed question.
    return Question.objects.filter(
        ~Exists(Person.objects.filter(pk=OuterRef("holder"))),
        status__in=fitting.CLAIMABLE,
        about_staff=False,
        quarantined=False,
        may_know_advisor=False,
    ).exclude(recusals__person=person)


def _others(person: Person) -> list[Question]:
    """The questions that have waited longest, whomever they fit, with no more of each than the reasons need."""
    rows = _claimable(person).select_related("topic").order_by("asked_at", "id")
    return list(rows.defer("summary", "masked")[:LOOKED_AT])


def _keeps_away(person: Person, question: Question, now: datetime) -> str:
    """Which of REASONS keeps this question off the desk by itself, or ""."""
    if question.topic and question.topic.slug in person.boundary_topics("never"):
        return "never"
    if person.partner_id and question.partner_id == person.partner_id:
        return "school"
    if question.language not in person.languages:
        return "language"
    if question.writer not in fitting.writers(person, now):
        return "expert" if question.writer == "expert" else "adult"
    return "adult" if fitting.is_too_heavy(person, question, now) else ""


def _changed_by_another(person: Person, questions: list[Question]) -> set[object]:
    """The questions in review whose current wording somebody else wrote: their author has to read it."""
    in_review = [question.pk for question in questions if question.status == states.IN_REVIEW]
    changed = DraftVersion.objects.filter(
        draft__round__question__in=in_review, draft__submitted_at__isnull=False, number=F("draft__number")
    ).exclude(writer=person)
    return set(changed.values_list("draft__round__question", flat=True))


def _cards(person: Person, questions: list[Question], now: datetime) -> list[Card]:
    """The cards of what waits. The first that nothing else speaks for is the oldest promise."""
    drawn, oldest = [], "Oldest promise that fits you"
    for question in questions:
        why = _why(person, question, now)
        if not why:
            why, oldest = oldest, "Fits you"
        drawn.append(_card(person, question, now, why=why))
    return drawn


def _why(person: Person, question: Question, now: datetime) -> str:
    """What speaks for this question before its promise does, or ""."""
    if question.level == states.RED:
        return "Red: comes first"
    if question.offered_to_id == person.pk:
        return "They wrote back. You answered last time, so you go first."
    if question.status != states.OPEN:
        return "Its advisor had to let it go"
    late = timing.lateness(question, question.round, now=now)
    return "" if late == "on_time" else "Its promised time is nearly over" if late == "at_risk" else "It is late"


def _card(person: Person, question: Question, now: datetime, *, to_accept: bool = False, why: str = "") -> Card:
    return Card(
        question=question,
        topic=_topic(question),
        summary=masking.mask(question.summary or "", masking.names_of(question)),
        notes=question.content_notes,
        time=timing.left(question, now=now),
        ask_first=fitting.is_ask_first(person, question),
        offered=question.offered_to_id == person.pk,
        state=WORDS.get(question.status, ""),
        to_accept=to_accept,
        why=why,
        remarks=getattr(question, "remarks", 0),
    )


def _topic(question: Question) -> str:
    return question.topic.label if question.topic else "No topic yet"
