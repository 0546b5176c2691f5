"""My journey: what somebody gave here. Nothing in it says how they were, and nobody else sees it."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Max, Sum

from advisors.models import Person
from advisors.team import praising, training
from advisors.team.models import Kudos, Training
from askpeer import prose
from askpeer.errors import Refused
from questions import holding

LONGEST_NAME = 80  # characters
NO_ANSWER = "The certificate says that you wrote answers. You can print one when your first answer has been sent."


class Track(NamedTuple):
    """A track of the training: when it was passed, and until when that holds."""

    label: str
    passed_on: date
    until: date
    is_over: bool


class Given(NamedTuple):
    """minutes: of every turn. last: the day of the latest turn, or None."""

    minutes: int
    last: date | None

    @property
    def hours(self) -> int:
        """Whole hours, rounded down."""
        return self.minutes // 60


class Certificate(NamedTuple):
    """What the page to print says of somebody: hours rounded down, their answers, the tracks they passed."""

    name: str
    hours: int
    answers: int
    tracks: list[str]
    since: date
    until: date


def given(person: Person, *, now: datetime) -> Given:
    """The time this person gave, of all that is kept. 1 SQL."""
    found = person.wrap_ups.filter(at__lte=now).aggregate(minutes=Sum("minutes"), last=Max("at"))
    return Given(found["minutes"] or 0, holding.today(found["last"]) if found["last"] else None)


def tracks(person: Person, *, now: datetime) -> list[Track]:
    """What of the training they passed, in its order. 1 SQL."""
    passed, today = dict(person.trainings.values_list("track", "passed_on")), holding.today(now)
    return [_track(track, passed[track], today) for track in Training.Track if track in passed]


def _track(track: Training.Track, passed_on: date, today: date) -> Track:
    until = training.a_year_after(passed_on)
    return Track(track.label, passed_on, until, until < today)


def kudos(person: Person, *, now: datetime) -> list[Kudos]:
    return praising.received(person, now=now)


def has_certificate(person: Person) -> bool:
    """Whether there is one for them: it says that they wrote answers, so an answer of theirs was sent."""
    return person.answers_given > 0


def certificate(person: Person, *, name: str, now: datetime) -> Certificate:
    """The page to print, on the name that was typed, or the alias. The name is kept nowhere. Raises Refused. 2 SQL."""
    if not has_certificate(person):
        raise Refused(NO_ANSWER)
    written = " ".join(prose.canonical(name).split())
    if len(written) > LONGEST_NAME:
        raise Refused(f"The name can have {LONGEST_NAME} characters at most. It has {len(written)}.")
    return Certificate(
        name=written or person.alias,
        hours=given(person, now=now).hours,
        answers=person.answers_given,
        tracks=[track.label for track in tracks(person, now=now)],
        since=holding.today(person.joined_at),
        until=holding.today(now),
    )
