"""What stands between a newcomer and their first answer: a short list with ticks."""

from datetime import datetime
from typing import NamedTuple

from advisors import roles
from advisors.models import Person, Role
from advisors.team import agreeing, training
from questions import holding

UNDER_16 = 16


class Step(NamedTuple):
    """One line of the list. needed: whether they take no question without it. url: where they can do it themselves."""

    label: str
    words: str
    done: bool
    needed: bool = True
    url: str = ""

    @property
    def state(self) -> str:
        if self.done:
            return "Done"
        if not self.url:
            return "Not yet"
        return "To do" if self.needed else "When you like"


def steps(person: Person, *, now: datetime) -> list[Step]:
    """The list for this person, in an order that makes sense. 2 SQL for an advisor, 1 more under 16."""
    own = [_agreement(person), _profile(person), *_checks(person, now)]
    if person.role != Role.ADVISOR:
        return own
    return [*own, *_guardian(person, now), _training(person, now), _boundaries(person), _buddy(person, now)]


def is_missing(person: Person, *, now: datetime) -> bool:
    """Whether something needed is missing, by their own row alone: no SQL, so that the desk can ask each time."""
    if not agreeing.has_agreed(person):
        return True
    if person.role != Role.ADVISOR:
        return bool(roles.why_not_ready(person, now=now))
    lacking = [step for step in (*_checks(person, now), *_guardian(person, now, asked=False)) if not step.done]
    without_buddy = person.is_under_18(now) and person.buddy_id is None
    return bool(lacking) or without_buddy or training.is_untrained(person, now)


def is_done(person: Person, *, now: datetime) -> bool:
    """Whether every one of steps() is done, also what is done when they like, by their own row alone: no SQL."""
    if is_missing(person, now=now) or not person.about:
        return False
    return person.role != Role.ADVISOR or (person.boundaries is not None and person.buddy_id is not None)


def _agreement(person: Person) -> Step:
    words = "Six short parts. It takes five minutes."
    return Step("Read how we work here", words, agreeing.has_agreed(person), url="/desk/agreement/")


def _profile(person: Person) -> Step:
    words = "Your alias, and a line about you for the team."
    return Step("Say hello to the team", words, bool(person.about), needed=False, url="/desk/profile/")


def _checks(person: Person, now: datetime) -> list[Step]:
    """For grown-ups alone."""
    if person.is_under_18(now):
        return []
    valid = person.vetted_until is None or person.vetted_until >= holding.today(now)
    words = "Your manager looks at them and writes the day down. There is nothing to upload here."
    return [Step("Your checks", words, person.vetted_on is not None and valid)]


def _guardian(person: Person, now: datetime, *, asked: bool = True) -> list[Step]:
    """Under 16 alone. asked: say when we wrote to them too, which takes 1 SQL where there is no yes yet."""
    age = person.age_on(holding.today(now))
    if age is None or age >= UNDER_16:
        return []
    done = person.guardian_consent_on is not None
    words = "They said yes." if done else _asked(person) if asked else ""
    return [Step("Your guardian's yes", words, done)]


def _asked(person: Person) -> str:
    last = person.guardian_requests.order_by("-pk").first()
    if last is None:
        return "Ask your manager to write to them."
    if last.answered_at:
        return "We don't have your guardian's yes. Talk to your manager."
    day = holding.today(last.sent_at)
    return f"We wrote to them on {day:%-d %B}. If they can't find it, your manager sends it again."


def _training(person: Person, now: datetime) -> Step:
    missing = training.missing(person, now)
    passed = len(training.Track) - len(missing)
    words = f"{passed} of {len(training.Track)} tracks passed."
    return Step("Your training", words, not training.is_untrained(person, now), url="/desk/training/")


def _boundaries(person: Person) -> Step:
    words = "Topics that you want to keep away from. Nobody asks why."
    return Step("Your boundaries", words, person.boundaries is not None, needed=False, url="/desk/boundaries/")


def _buddy(person: Person, now: datetime) -> Step:
    """Needed under 18."""
    words = "Your manager finds somebody for you."
    if person.buddy is not None:
        words = f"{person.buddy.alias} is there for you, and reads along while you write your first answers."
    return Step("Meet your buddy", words, done=person.buddy is not None, needed=person.is_under_18(now))
