"""Whether a question and a person fit. Each rule is one sentence, or "" where it holds."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from advisors import roles
from advisors.drafting.models import Claim
from advisors.duty import presence, rota
from advisors.models import Person, Role
from advisors.team import checking_in, wrapping_up
from askpeer import calendars
from questions import deadlines, moves, states
from questions.intake import languages
from questions.models import Question

# A question in one of these without a holder may be claimed: handed back, returned, or left by somebody recused.
CLAIMABLE = frozenset({states.OPEN, states.IN_PROGRESS, states.CHANGES_REQUESTED})
IN_HAND = frozenset({states.IN_PROGRESS, states.CHANGES_REQUESTED})
# Content notes that make a question a heavy one, whatever its topic: kept from advisors under 18, and counted.
HEAVY = frozenset({"suicidal thoughts", "self-harm", "sex", "sexual assault", "violence at home", "abuse"})
MOST, MOST_UNDER_18 = 3, 2
MOST_HEAVY = 3  # in seven days
MOST_MINUTES = 12 * 60  # in seven days
WEEK = timedelta(days=7)
PUT_BACK_FREE = timedelta(minutes=10)
FIRST_CHOICE = 0.5  # of the claim budget a question waits for the advisor it is offered to
PAUSED = "You said that you take nothing new for now. You can change that under Boundaries and limits."
WARNED_FROM, NIGHT_FROM, NIGHT_TO = time(20, 45), time(21), time(7)


class Today:
    """What somebody has in hand and behind them, and who is there: each read once, and only where a rule asks."""

    def __init__(self, person: Person, now: datetime) -> None:
        self.person, self.now = person, now

    @cached_property
    def in_hand(self) -> int:
        return held(self.person)

    @cached_property
    def heavy(self) -> frozenset[UUID]:
        return heavy_of_the_week(self.person, self.now)

    @cached_property
    def minutes(self) -> int:
        return wrapping_up.minutes_of_the_week(self.person, now=self.now)

    @cached_property
    def has_duty(self) -> bool:
        return presence.is_anybody(now=self.now)

    @cached_property
    def away_until(self) -> dict[UUID, date]:
        return rota.away_until(rota.today(self.now))

    @cached_property
    def mood(self) -> str:
        return checking_in.mood_today(self.person, now=self.now)


def why_not(person: Person, question: Question, now: datetime, today: Today | None = None) -> str:
    """The sentence that keeps this person from claiming this question now, or ""."""
    today = today or Today(person, now)
    return (
        barred(person, question, now, today)
        or _only_by_assignment(question)
        or _waits_for_another(question, today)
        or too_much_today(question, today)
        or nothing_new(today)
    )


def barred(person: Person, question: Question, now: datetime, today: Today | None = None) -> str:
    """The sentence for a rule that holds even when a supervisor would assign this question, or ""."""
    today = today or Today(person, now)
    return (
        why_not_today(person, now)
        or _out_of_reach(question)
        or not_in_their_language(person, question)
        or _too_near(person, question)
        or _for_somebody_else(person, question, now)
        or _too_heavy(question, today)
        or _too_long_a_week(today)
        or too_many_heavy(question, today)
        or past_their_own_limit(today)
    )


def why_not_today(person: Person, now: datetime) -> str:
    """The sentence that keeps this person from claiming anything now, or ""."""
    if not person.is_active:
        return "This account is closed."
    if curfew(person, now) == "locked":
        return "It's late. Claiming opens again at 7 tomorrow morning."
    return roles.why_not_write(person, now=now)


def nothing_new(today: Today) -> str:
    """The sentence that keeps somebody who may write from taking anything more now, or ""."""
    return _too_long_a_week(today) or _nobody_on_duty(today) or full_hands(today.person, today.in_hand, today.now)


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


def is_capped(person: Person) -> bool:
    """Whether the limits on load hold for them: they look after volunteers, not after those who check."""
    return person.role == Role.ADVISOR


def most(person: Person, now: datetime) -> int:
    """How many answers an advisor may be writing at once: by the rule, and by their own limit where that is lower."""
    own = person.own_most
    return rule(person, now) if own is None else min(rule(person, now), own)


def rule(person: Person, now: datetime) -> int:
    """The same by the service's own limit and what was agreed with them."""
    most = MOST_UNDER_18 if person.is_under_18(now) else MOST
    return most if person.most_at_once is None else min(most, person.most_at_once)


def past_their_own_limit(today: Today) -> str:
    """The sentence for how many answers at once somebody said they want, or "": it holds for a supervisor too."""
    own = today.person.own_most
    if own is None or not is_capped(today.person) or today.in_hand < own:
        return ""
    return f"You said that you want {own} at once at most." if own else PAUSED


def full_hands(person: Person, in_hand: int, now: datetime) -> str:
    limit = most(person, now)
    if not is_capped(person) or in_hand < limit:
        return ""
    if not limit and person.own_most == 0:
        return PAUSED
    if not limit:
        return "You and your supervisor agreed that you take nothing new for now."
    # A reply can bring one back on top of the others.
    named = "that" if in_hand == limit else str(limit)
    noun = "answer" if in_hand == 1 else "answers"
    return f"You are writing {in_hand} {noun}, and {named} is the most at once. Send or hand back one first."


def is_heavy(question: Question) -> bool:
    """Whether a question weighs on whoever answers it."""
    sensitive = question.topic is not None and question.topic.sensitive
    return weighs(question.level, sensitive, question.content_notes)


def weighs(level: str, sensitive: bool | None, notes: list[str]) -> bool:
    return level != states.GREEN or bool(sensitive) or not HEAVY.isdisjoint(notes)


def heavy_of_the_week(person: Person, now: datetime) -> frozenset[UUID]:
    """The heavy questions this person took in the last seven days; one put back within ten minutes is not. 1 SQL."""
    rows = Claim.objects.filter(person=person, claimed_at__gt=now - WEEK).values_list(
        "question",
        "claimed_at",
        "released_at",
        "question__level",
        "question__topic__sensitive",
        "question__content_notes",
    )
    return frozenset(
        pk
        for pk, claimed, released, *weight in rows
        if not (released and released - claimed <= PUT_BACK_FREE) and weighs(*weight)
    )


def too_many_heavy(question: Question, today: Today) -> str:
    """The sentence for the limit on heavy questions, or ""; one they have had this week already is not one more."""
    if not is_capped(today.person) or not is_heavy(question) or question.pk in today.heavy:
        return ""
    if len(today.heavy) < MOST_HEAVY:
        return ""
    return f"You took {MOST_HEAVY} heavy questions in the last seven days. Leave this one for someone else."


def too_much_today(question: Question, today: Today) -> str:
    """The sentence that keeps a heavy question from somebody who said that today is hard, or ""."""
    if not is_heavy(question) or today.mood != checking_in.Mood.HARD:
        return ""
    return "You said that today is hard, and this is a heavy one. Leave it for someone else today."


def why_not_keep(person: Person, question: Question, now: datetime) -> str:
    """The sentence that takes from somebody what they hold, since they are not who they were when they took it, or "".

    Training that runs out, a full week and the like keep them from new questions alone.
    """
    return (
        not_in_their_language(person, question)
        or _too_near(person, question)
        or _for_somebody_else(person, question, now)
    )


def is_too_heavy(person: Person, question: Question, now: datetime) -> bool:
    """Whether this question is kept from this person because they are under 18."""
    return person.is_under_18(now) and is_heavy(question)


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


def is_kept_for_another(question: Question, today: Today) -> bool:
    """Whether the first choice for this round still has time to take it, and can. 2 SQL at most, where it has time."""
    if question.status != states.OPEN or question.offered_to_id in {None, today.person.pk}:
        return False
    calendar = calendars.current()
    wait = deadlines.budget(calendar, moves.course(question, question.round)) * FIRST_CHOICE
    if today.now >= calendar.add(question.entered_at, wait):
        return False
    first = question.offered_to
    return first is not None and _can_take(first, question, today)


def _can_take(first: Person, question: Question, today: Today) -> bool:
    """Whether the first choice is here for this round and nothing of theirs stands against it.

    What may pass in an hour, such as full hands, a hard day or an evening, is left out: they keep their time.
    """
    due = calendars.current().local(question.round.due_at).date()
    leaves = first.leaving_on is not None and first.leaving_on <= due
    is_away = first.pk in today.away_until and today.away_until[first.pk] >= due
    takes_nothing = is_capped(first) and not most(first, today.now)
    if not first.is_active or leaves or is_away or takes_nothing or roles.why_not_write(first, now=today.now):
        return False
    # Not why_not_keep(): whoever stepped back is offered nothing any more, so that needs no statement for each.
    return not (
        not_in_their_language(first, question)
        or _kept_away(first, question)
        or _for_somebody_else(first, question, today.now)
        or is_too_heavy(first, question, today.now)
    )


def _out_of_reach(question: Question) -> str:
    if question.about_lead:
        return "You cannot open this question."
    if question.about_staff:
        return "This question goes to the safeguarding lead alone."
    if question.quarantined:
        return "A supervisor still has to look at this question."
    return "" if question.status in states.UNFINISHED else "This question is not waiting for an advisor."


def _too_near(person: Person, question: Question) -> str:
    if question.recusals.filter(person=person).exists():
        return "You stepped back from this question."
    return _kept_away(person, question)


def _kept_away(person: Person, question: Question) -> str:
    """What keeps somebody from a question for where it came from or what it is about."""
    if person.partner_id and person.partner_id == question.partner_id:
        return "This question came through your own school or club."
    if question.topic and question.topic.slug in person.boundary_topics("never"):
        return "You keep away from this topic."
    return ""


def _for_somebody_else(person: Person, question: Question, now: datetime) -> str:
    if question.writer in writers(person, now):
        return ""
    return "They asked for an expert." if question.writer == "expert" else "They asked for someone who is 18 or over."


def _too_heavy(question: Question, today: Today) -> str:
    """What protects an advisor under 18, also from a supervisor who would assign it to them."""
    person, now = today.person, today.now
    if not person.is_under_18(now):
        return ""
    if is_too_heavy(person, question, now):
        return "Questions like this go to advisors who are 18 or over."
    return _nobody_on_duty(today) or full_hands(person, today.in_hand, now)


def _too_long_a_week(today: Today) -> str:
    if not is_capped(today.person) or today.minutes < MOST_MINUTES:
        return ""
    return "You gave 12 hours in the last seven days. Thank you. Nothing new for now: have a rest."


def _nobody_on_duty(today: Today) -> str:
    """Nobody takes something new while "I need support" would reach nobody."""
    if not is_capped(today.person) or today.has_duty:
        return ""
    return "Nobody is on duty right now, so nothing new can be taken. It opens again when a supervisor starts duty."


def _only_by_assignment(question: Question) -> str:
    return "They may know an advisor, so a supervisor chooses who writes." if question.may_know_advisor else ""


def _waits_for_another(question: Question, today: Today) -> str:
    if question.status not in CLAIMABLE or question.holder_id:
        return "Somebody else has this question."
    return "It waits for the advisor who wrote last time." if is_kept_for_another(question, today) else ""
