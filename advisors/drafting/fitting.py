"""Whether a question and a person fit. Each rule is one sentence, or "" where it holds."""

from datetime import datetime, time

from advisors import roles
from advisors.models import Person
from askpeer import calendars
from questions import deadlines, moves, states
from questions.intake import languages
from questions.models import Question

# A question in one of these without a holder may be claimed: handed back, returned, or left by somebody recused.
CLAIMABLE = frozenset({states.OPEN, states.IN_PROGRESS, states.CHANGES_REQUESTED})
IN_HAND = frozenset({states.IN_PROGRESS, states.CHANGES_REQUESTED})
# Content notes that keep a question from advisors under 18, whatever its topic.
HEAVY = frozenset({"suicidal thoughts", "self-harm", "sex", "sexual assault", "violence at home", "abuse"})
MOST, MOST_UNDER_18 = 3, 2
FIRST_CHOICE = 0.5  # of the claim budget a question waits for the advisor it is offered to
WARNED_FROM, NIGHT_FROM, NIGHT_TO = time(20, 45), time(21), time(7)


def why_not(person: Person, question: Question, now: datetime) -> str:
    """The sentence that keeps this person from claiming this question now, or ""."""
    return (
        barred(person, question, now)
        or _only_by_assignment(question)
        or _waits_for_another(person, question, now)
        or full_hands(person, held(person), now)
    )


def barred(person: Person, question: Question, now: datetime) -> str:
    """The sentence for a rule that holds even when a supervisor would assign this question, or ""."""
    return (
        why_not_today(person, now)
        or _out_of_reach(question)
        or not_in_their_language(person, question)
        or _too_near(person, question)
        or _for_somebody_else(person, question, now)
        or _too_heavy(person, question, now)
    )


def why_not_today(person: Person, now: datetime) -> str:
    """The sentence that keeps this person from claiming anything now, or ""."""
    if not person.is_active:
        return "This account is closed."
    if curfew(person, now) == "locked":
        return "It's late. Claiming opens again at 7 tomorrow morning."
    return roles.why_not_write(person, now=now)


def curfew(person: Person, now: datetime) -> str:
    """For an advisor under 18: "warned" from 20:45 local time, "locked" from 21:00 to 07:00; otherwise ""."""
    if not person.is_under_18(now):
        return ""
    wall = calendars.current().local(now).time()
    if wall >= NIGHT_FROM or wall < NIGHT_TO:
        return "locked"
    return "warned" if wall >= WARNED_FROM else ""


def held(person: Person) -> int:
    """How many answers this person is writing; what is being checked or waits for the asker does not count."""
    return Question.objects.filter(holder=person, status__in=IN_HAND).count()


def most(person: Person, now: datetime) -> int:
    """How many answers this person may be writing at once."""
    return MOST_UNDER_18 if person.is_under_18(now) else MOST


def full_hands(person: Person, in_hand: int, now: datetime) -> str:
    limit = most(person, now)
    if in_hand < limit:
        return ""
    # A reply can bring one back on top of the others.
    named = "that" if in_hand == limit else str(limit)
    return f"You are writing {in_hand} answers, and {named} is the most at once. Send or hand back one first."


def is_too_heavy(person: Person, question: Question, now: datetime) -> bool:
    """Whether this question is kept from this person because they are under 18."""
    if not person.is_under_18(now):
        return False
    sensitive = question.topic is not None and question.topic.sensitive
    return question.level != states.GREEN or sensitive or not HEAVY.isdisjoint(question.content_notes)


def writers(person: Person, now: datetime) -> list[str]:
    """Which wishes about who writes this person meets."""
    if person.role in roles.REVIEWERS:
        return ["anyone", "adult", "expert"]
    return ["anyone"] if person.is_under_18(now) else ["anyone", "adult"]


def not_in_their_language(person: Person, question: Question) -> str:
    """The sentence that keeps somebody from a question they cannot read, or ""."""
    if question.language in person.languages:
        return ""
    name = languages.name_of(question.language)
    return f"This is in {name}. It is for people who read and answer in {name}."


def is_ask_first(person: Person, question: Question) -> bool:
    """Whether this person wants to be asked before a question on this topic."""
    return question.topic is not None and question.topic.slug in person.boundary_topics("ask")


def is_kept_for_another(person: Person, question: Question, now: datetime) -> bool:
    """Whether the first choice for this round still has time to take it."""
    if question.status != states.OPEN or question.offered_to_id in {None, person.pk}:
        return False
    calendar = calendars.current()
    wait = deadlines.budget(calendar, moves.course(question, question.round)) * FIRST_CHOICE
    return now < calendar.add(question.entered_at, wait)


def _out_of_reach(question: Question) -> str:
    if question.about_staff:
        return "This question goes to the safeguarding lead alone."
    if question.quarantined:
        return "A supervisor still has to look at this question."
    return "" if question.status in states.UNFINISHED else "This question is not waiting for an advisor."


def _too_near(person: Person, question: Question) -> str:
    if question.recusals.filter(person=person).exists():
        return "You stepped back from this question."
    if person.partner_id and person.partner_id == question.partner_id:
        return "This question came through your own school or club."
    if question.topic and question.topic.slug in person.boundary_topics("never"):
        return "You keep away from this topic."
    return ""


def _for_somebody_else(person: Person, question: Question, now: datetime) -> str:
    if question.writer in writers(person, now):
        return ""
    return "They asked for an expert." if question.writer == "expert" else "They asked for someone who is 18 or over."


def _too_heavy(person: Person, question: Question, now: datetime) -> str:
    if is_too_heavy(person, question, now):
        return "Questions like this go to advisors who are 18 or over."
    return full_hands(person, held(person), now) if person.is_under_18(now) else ""


def _only_by_assignment(question: Question) -> str:
    return "They may know an advisor, so a supervisor chooses who writes." if question.may_know_advisor else ""


def _waits_for_another(person: Person, question: Question, now: datetime) -> str:
    if question.status not in CLAIMABLE or question.holder_id:
        return "Somebody else has this question."
    return "It waits for the advisor who wrote last time." if is_kept_for_another(person, question, now) else ""
