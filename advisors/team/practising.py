"""Practice: one's own answer first, then the model answer, then what somebody experienced says of it.

An attempt is its writer's, sealed; nothing of it stands in the trail.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from advisors import roles
from advisors.models import Person
from advisors.team.locking import lock
from advisors.team.models import Attempt
from advisors.team.teaching import Unit
from askpeer import outbox, prose
from askpeer.errors import Refused, Stale

LONGEST = 3000  # characters of an attempt
FEEDBACK = 1500  # characters
MOST = 20  # shown at once
KEPT = timedelta(days=2 * 365)
LATELY, FEW = timedelta(days=14), 3
NOTHING = "Write your own answer first. It doesn't have to be good yet."
NO_FEEDBACK = "Write some feedback. A sentence about what works, and one about what could change."


@transaction.atomic
def send(*, unit: Unit, words: str, by: Person, now: datetime) -> Attempt:
    """Send an attempt at a practice question; sent twice it is the same one. Raises Refused."""
    text, person = _fitting(words, LONGEST, NOTHING), lock(by)
    if not person.is_active or person.role not in roles.WRITERS:
        raise Refused("Practice is for people who answer questions here.")
    # Within the lock, so that of two windows the second sees what the first one sent.
    waiting = _of(person, unit).filter(feedback_at=None).first()
    if waiting is None:
        return Attempt.objects.create(person=person, track=unit.track, unit=unit.slug, text=text, at=now)
    waiting.person = person
    if waiting.text != text:
        raise Refused("You sent an answer to this one already. Once you have feedback on it you can try another.")
    return waiting


@transaction.atomic
def mark(*, attempt: Attempt, words: str, good: bool, by: Person, now: datetime) -> Attempt:
    """Give feedback on an attempt, and say whether it is good enough; its writer gets a mail, without a word of it.

    Raises Refused, Stale if somebody was first.
    """
    check_mark(attempt, by)
    text = _fitting(words, FEEDBACK, NO_FEEDBACK)
    if not lock(attempt.person).is_active:
        raise Refused("They have left, so there is nobody to read it.")
    if not Attempt.objects.filter(pk=attempt.pk, feedback_at=None).update(feedback_at=now, feedback_by=by, good=good):
        raise Stale("Somebody else gave feedback on it a moment ago.")
    attempt.feedback_at, attempt.feedback_by, attempt.good, attempt.feedback = now, by, good, text
    attempt.save(update_fields=["feedback"])
    refs = {"person": str(attempt.person_id), "about": "feedback_good" if good else "feedback"}
    outbox.put("staff-alert", key=f"practice-feedback:{attempt.pk}", refs=refs, now=now)
    return attempt


def check_mark(attempt: Attempt, by: Person) -> None:
    """Raise Refused unless this person may read and mark the attempt: a reviewer, and not its writer."""
    roles.check_review(by)
    if attempt.person_id == by.pk:
        raise Refused("Somebody else has to look at your own answer.")


def model_answer(person: Person, unit: Unit) -> str:
    """Only whoever sent an attempt of their own reads it. Raises Refused. 1 SQL."""
    if not _of(person, unit).exists():
        raise Refused("You see our answer once you have sent your own.")
    return unit.model


def of_unit(person: Person, unit: Unit) -> list[Attempt]:
    """This person's attempts at it, the newest first, with whoever gave feedback. 1 SQL."""
    rows = list(_of(person, unit).select_related("feedback_by").order_by("-at", "pk"))
    for row in rows:
        row.person = person
    return rows


def feedback_lately(person: Person, *, now: datetime) -> list[Attempt]:
    """The newest attempts of theirs that came back in the last two weeks, without words. 1 SQL."""
    rows = person.attempts.filter(feedback_at__gt=now - LATELY, feedback_at__lte=now)
    return list(rows.select_related("feedback_by").defer("text", "feedback").order_by("-feedback_at", "pk")[:FEW])


def waiting(by: Person) -> list[Attempt]:
    """The attempts that this reviewer may mark, the longest waiting first, without their words. 1 SQL."""
    return list(_markable(by).select_related("person").defer("text").order_by("at", "pk")[:MOST])


def count_waiting(by: Person) -> int:
    """How many wait for whoever may mark them, this reviewer among them. 1 SQL."""
    return _markable(by).count()


def purge(*, now: datetime) -> int:
    """Forget attempts older than two years, with their feedback; return how many."""
    return Attempt.objects.filter(at__lte=now - KEPT).delete()[0]


def _markable(by: Person) -> QuerySet[Attempt]:
    return Attempt.objects.filter(feedback_at=None, person__is_active=True).exclude(person=by)


def _of(person: Person, unit: Unit) -> QuerySet[Attempt]:
    return Attempt.objects.filter(person=person, track=unit.track, unit=unit.slug)


def _fitting(words: str, limit: int, nothing: str) -> str:
    text = prose.canonical(words)
    if not text:
        raise Refused(nothing)
    if len(text) > limit:
        raise Refused(f"This can have {limit:,} characters at most. It has {len(text):,}.")
    return text
