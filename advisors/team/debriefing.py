"""After a red or heavy case: an offer to talk it through, with their buddy or a supervisor. Nobody has to.

It counts in no figure, and nothing of it stands in the trail.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from advisors.models import Person
from advisors.team import supporting
from advisors.team.locking import lock, lock_both
from advisors.team.models import Debrief
from askpeer import outbox, prose
from askpeer.errors import Refused, Stale

LONGEST = 1500  # characters
OPEN_FOR = timedelta(days=14)  # then an offer nobody answered goes
MOST = 30  # shown at once
TELLING = Q(answered_at=None, claim__question__about_staff=True)  # such an offer would say that they lost it
ANSWERED = "You've answered this one already."
OVER = "This offer is over by now."


class Wanted(NamedTuple):
    """Somebody who would like to talk, without their words."""

    debrief: Debrief
    alias: str


def offer(claim: Any, *, now: datetime) -> None:
    """Ask whoever held a question by this claim, which is just over, whether they want to talk. Once a claim. 1 SQL."""
    Debrief.objects.get_or_create(claim=claim, defaults={"person_id": claim.person_id, "offered_at": now})


def withdraw(question: Any, *, person: Person) -> None:
    """Take back what this person was offered about the question and has not answered: they are kept from it now."""
    Debrief.objects.filter(person=person, claim__question=question, answered_at=None).delete()


@transaction.atomic
def answer(*, debrief: Debrief, wanted: bool, by: Person, now: datetime, words: str = "") -> Debrief:
    """Say yes, and whoever may talk with them is told, or no thanks. Raises Refused, Stale where it was answered or is
    over.
    """
    text, by = prose.canonical(words), lock(by)
    if len(text) > LONGEST:
        raise Refused(f"This can have {LONGEST:,} characters at most. It has {len(text):,}.")
    row = _open(by, now).filter(pk=debrief.pk).first()
    if row is None:
        raise Stale(ANSWERED if Debrief.objects.filter(pk=debrief.pk, wanted__isnull=False).exists() else OVER)
    row.person, row.answered_at, row.wanted = by, now, wanted
    row.words = (text or None) if wanted else None
    row.save(update_fields=["answered_at", "wanted", "words"])
    if wanted:
        outbox.put("debrief", key=f"debrief:{row.pk}", refs={"debrief": str(row.pk)}, now=now)
    return row


@transaction.atomic
def talked(*, debrief: Debrief, by: Person, now: datetime) -> None:
    """Say that one has talked with them. Raises Refused, Stale where somebody else has."""
    # As a call is answered: by who may at this moment, and not by who has just left or is their buddy no more.
    by, theirs = lock_both(by, debrief.person)
    if not supporting.may_answer(by, theirs):
        raise Refused("A supervisor, the safeguarding lead or their buddy talks with them.")
    rows = Debrief.objects.filter(pk=debrief.pk, wanted=True, talked_at=None)
    if not rows.update(talked_at=now, talked_with=by):
        raise Stale("Somebody has talked with them already.")


def _open(person: Person, now: datetime) -> QuerySet[Debrief]:
    rows = Debrief.objects.filter(person=person, answered_at=None, offered_at__gt=now - OPEN_FOR)
    return rows.exclude(TELLING)


def is_open(debrief: Debrief, *, now: datetime) -> bool:
    """Whether the offer waits for an answer still. 0 SQL."""
    return debrief.answered_at is None and now - debrief.offered_at < OPEN_FOR


def offers(person: Person, *, now: datetime) -> list[Debrief]:
    """What this person was offered and has not answered, the newest first. 1 SQL."""
    rows = _open(person, now).select_related("claim__question__topic").order_by("-offered_at", "pk")
    return list(rows[:MOST])


def wanting(person: Person) -> list[Wanted]:
    """Who would like to talk, of those this person may talk with, the longest waiting first. 1 SQL."""
    theirs = Debrief.objects.filter(supporting.callers_of(person))
    rows = theirs.filter(wanted=True, talked_at=None, person__is_active=True)
    first = rows.select_related("person").defer("words").order_by("answered_at", "pk")[:MOST]
    return [Wanted(row, row.person.alias) for row in first if supporting.may_answer(person, row.person)]


def told(debrief: Debrief, *, now: datetime) -> list[Person]:
    """Who hears of a yes: those who would hear of a call for support."""
    return supporting.turned_to(debrief.person, now=now)


def may_read(person: Person, debrief: Debrief) -> bool:
    """Whether somebody other than its own person may open it: who may talk with them, and then who did."""
    if not debrief.wanted or not supporting.may_answer(person, debrief.person):
        return False
    return debrief.talked_with_id in {None, person.pk}


def purge(*, now: datetime) -> int:
    """Forget offers nobody answered for a fortnight, and all of them like the check-ins; return how many."""
    unanswered = Q(answered_at=None, offered_at__lte=now - OPEN_FOR)
    old = Q(offered_at__lte=now - settings.CHECK_INS_KEPT)
    return Debrief.objects.filter(unanswered | old).delete()[0]
