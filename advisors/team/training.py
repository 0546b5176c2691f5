"""Training: three tracks, each passed with a reviewer; nobody claims before all three, and they last twelve months."""

from datetime import date, datetime

from django.db import transaction

from advisors import roles
from advisors.models import Person, Role
from advisors.team.locking import lock
from advisors.team.models import Training
from askpeer import history
from askpeer.errors import Refused
from questions import holding

Track = Training.Track


@transaction.atomic
def pass_track(*, person: Person, track: str, by: Person, now: datetime) -> Training:
    """Say that this person passed a track, again to renew it.

    With all three passed they may claim until twelve months after the oldest. Raises Refused.
    """
    roles.check_review(by)
    if by.pk == person.pk:
        raise Refused("Somebody else has to say that you passed.")
    if track not in Track.values:
        raise Refused("Choose one of the three tracks.")
    person = lock(person)
    row, _made = Training.objects.update_or_create(
        person=person, track=track, defaults={"passed_on": holding.today(now), "passed_with": by}
    )
    _set_trained_until(person)
    history.record(subject=person.name, kind="trained", actor=by.name, now=now, facts={"track": track})
    return row


def is_untrained(person: Person, now: datetime) -> bool:
    """Whether it is their training that keeps this person from claiming."""
    return person.role == Role.ADVISOR and (person.trained_until is None or person.trained_until < holding.today(now))


def missing(person: Person, now: datetime) -> list[str]:
    """A sentence for each track that keeps this person from claiming: not passed, or passed too long ago. 1 SQL."""
    passed = dict(person.trainings.values_list("track", "passed_on"))
    return [sentence for track in Track if (sentence := _missing(track, passed.get(track), holding.today(now)))]


def _set_trained_until(person: Person) -> None:
    passed = dict(person.trainings.values_list("track", "passed_on"))
    if set(passed) == set(Track.values):
        person.trained_until = a_year_after(min(passed.values()))
        person.save(update_fields=["trained_until"])


def _missing(track: Training.Track, passed_on: date | None, today: date) -> str:
    if passed_on is None:
        return f"{track.label}: not passed yet."
    last = a_year_after(passed_on)
    return f"{track.label}: ran out on {last:%-d %B}." if last < today else ""


def a_year_after(day: date) -> date:
    """The same day twelve months on; for the 29th of February the 28th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)
