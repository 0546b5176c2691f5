"""Training: three tracks, each passed with a reviewer; nobody claims before all three, and they last twelve months."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from advisors import roles
from advisors.models import Person, Role
from advisors.team import teaching
from advisors.team.locking import lock
from advisors.team.models import Attempt, Training
from advisors.team.teaching import Unit
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from questions import holding

Track = Training.Track


@transaction.atomic
def pass_track(*, person: Person, track: str, by: Person, now: datetime) -> Training:
    """Say that this person passed a track, again to renew it, once what it asks for was found good enough.

    With all three passed they may claim until twelve months after the oldest. They hear of it by mail.
    Raises Refused, Stale where it was passed today.
    """
    roles.check_review(by)
    if by.pk == person.pk:
        raise Refused("Somebody else has to say that you passed.")
    if track not in Track.values:
        raise Refused("Choose one of the three tracks.")
    # Of two who pass it at once, the second sees what the first one did.
    person = lock(person)
    if person.trainings.filter(track=track, passed_on=holding.today(now)).exists():
        raise Stale("Somebody passed this track for them today already.")
    if names := ", ".join(unit.title for unit in lacking(person, track, now=now)):
        raise Refused(f"These still need an answer that is good enough: {names}.")
    row, _made = Training.objects.update_or_create(
        person=person, track=track, defaults={"passed_on": holding.today(now), "passed_with": by}
    )
    about = "trained" if _set_trained_until(person, now) else "track"
    refs = {"person": str(person.pk), "about": about}
    outbox.put("staff-alert", key=f"track-passed:{row.pk}:{row.passed_on}", refs=refs, now=now)
    history.record(subject=person.name, kind="trained", actor=by.name, now=now, facts={"track": track})
    return row


def lacking(person: Person, track: str, *, now: datetime) -> list[Unit]:
    """The units that still need a good answer before this track can be passed, or passed again. 2 SQL."""
    passed_on = person.trainings.filter(track=track).values_list("passed_on", flat=True).first()
    found = Attempt.objects.filter(person=person, track=track, good=True).values_list("unit", "at")
    return still_needed(track, passed_on, found, now=now)


def still_needed(
    track: str, passed_on: date | None, good: Iterable[tuple[str, datetime]], *, now: datetime
) -> list[Unit]:
    """Of the units that a track asks for those without a good answer that counts.

    The first time it asks for all of them, to renew it for its last one anew. good: (slug, when it was sent), of this
    track; it counts for twelve months, and of a track that was passed only from the day after.
    """
    today, course = holding.today(now), teaching.course(track)
    there = {slug for slug, at in good if _counts(holding.today(at), passed_on, today)}
    asked = course.units if passed_on is None else [course.last]
    return [unit for unit in asked if unit.slug not in there]


def _counts(sent_on: date, passed_on: date | None, today: date) -> bool:
    return a_year_after(sent_on) >= today and (passed_on is None or sent_on > passed_on)


def is_untrained(person: Person, now: datetime) -> bool:
    """Whether it is their training that keeps this person from claiming."""
    return person.role == Role.ADVISOR and (person.trained_until is None or person.trained_until < holding.today(now))


def may_take_along(person: Person) -> bool:
    """Whether all of the material is theirs as a file. Every model answer is in it, and an advisor reads each of them
    after an answer of their own alone: theirs once they passed.
    """
    return person.role != Role.ADVISOR or person.trained_until is not None


def missing(person: Person, now: datetime) -> list[str]:
    """A sentence for each track that keeps this person from claiming: not passed, or passed too long ago. 1 SQL."""
    passed = dict(person.trainings.values_list("track", "passed_on"))
    return [sentence for track in Track if (sentence := _missing(track, passed.get(track), holding.today(now)))]


def _set_trained_until(person: Person, now: datetime) -> bool:
    """Write down until when all three tracks last; return whether that is a new day, and not one that is over."""
    passed = dict(person.trainings.values_list("track", "passed_on"))
    if set(passed) != set(Track.values):
        return False
    before, until = person.trained_until, a_year_after(min(passed.values()))
    person.trained_until = until
    person.save(update_fields=["trained_until"])
    return until != before and until >= holding.today(now)


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
