"""I need support: somebody is told at once and says that they are with them. It counts in no figure about anybody.

Nothing of it stands in the trail: that is kept for good, and how somebody was is theirs.
"""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from advisors import roles
from advisors.duty import presence
from advisors.models import Person
from advisors.team.locking import lock
from advisors.team.models import SupportCall
from askpeer import outbox, prose
from askpeer.errors import Refused, Stale

LONGEST = 1500  # characters
MOST = 30  # shown at once


class Waiting(NamedTuple):
    """An open call, who made it, and for how many minutes they have waited."""

    call: SupportCall
    alias: str
    minutes: int


@transaction.atomic
def call(*, person: Person, words: str = "", now: datetime) -> SupportCall:
    """Ask for somebody. While a call is open it is the same one, with what was added to it. Raises Refused."""
    text, person = _fitting(words), lock(person)
    row = open_call(person)
    if row is None:
        row = SupportCall.objects.create(person=person, words=text or None, called_at=now)
        outbox.put("support-call", key=f"support-call:{row.pk}", refs={"call": str(row.pk)}, now=now)
    elif text and text != row.words:
        # Within the lock, so that of two windows neither loses its words.
        row.words = _fitting(f"{row.words}\n\n{text}" if row.words else text)
        row.save(update_fields=["words"])
    return row


def _fitting(words: str) -> str:
    text = prose.canonical(words)
    if len(text) > LONGEST:
        raise Refused(f"This can have {LONGEST:,} characters at most. It has {len(text):,}.")
    return text


def open_call(person: Person) -> SupportCall | None:
    """The call of this person that nobody has answered. 1 SQL."""
    row = person.support_calls.filter(answered_at=None).first()
    if row:
        row.person = person
    return row


@transaction.atomic
def answer(*, call: SupportCall, by: Person, now: datetime) -> SupportCall:
    """Say that one is with them. Raises Refused, Stale where somebody else was first."""
    # As call() does: words that come meanwhile are in this call before it is answered, or begin one of their own.
    lock(call.person)
    if not may_answer(by, call.person):
        raise Refused("A supervisor, the safeguarding lead or their buddy answers this.")
    mine = SupportCall.objects.filter(pk=call.pk, answered_at=None)
    if not mine.update(answered_at=now, answered_by=by):
        raise Stale("Somebody is with them already.")
    call.answered_at, call.answered_by = now, by
    return call


def purge(*, now: datetime) -> int:
    """Forget answered calls, like the check-ins, longer ago than settings say; return how many."""
    return SupportCall.objects.filter(answered_at__lt=now - settings.CHECK_INS_KEPT).delete()[0]


def may_answer(person: Person, caller: Person) -> bool:
    """Whether this is somebody to turn to: a reviewer or the caller's buddy, and not the caller."""
    if person.pk == caller.pk:
        return False
    return roles.may_review(person) or (person.is_active and caller.buddy_id == person.pk)


def may_be_called(person: Person) -> bool:
    """Whether anybody may turn to them: a reviewer, or somebody's buddy. 1 SQL at most."""
    return roles.may_review(person) or (person.is_active and Person.objects.filter(buddy=person).exists())


def open_calls(*, now: datetime) -> list[Waiting]:
    """Every open call, the longest waiting first, without its words. 1 SQL."""
    rows = SupportCall.objects.filter(answered_at=None, person__is_active=True)
    first = rows.select_related("person").defer("words").order_by("called_at", "pk")[:MOST]
    return [Waiting(row, row.person.alias, int((now - row.called_at).total_seconds() // 60)) for row in first]


def calls_for(person: Person, *, now: datetime) -> list[Waiting]:
    """The open calls that this person may answer. 1 SQL."""
    return [row for row in open_calls(now=now) if may_answer(person, row.call.person)]


def anybody(*, now: datetime) -> bool:
    """Whether somebody on duty would hear of a call at once. 1 SQL."""
    return presence.is_anybody(now=now)


def told(call: SupportCall, *, now: datetime) -> list[Person]:
    """Who hears of a call: the buddy and everybody on duty; with nobody there, every supervisor and lead. 3 SQL."""
    caller, everyone = call.person, Person.objects.filter(is_active=True)
    duty = [one for one in presence.on_now(now=now) if may_answer(one, caller)]
    if not duty:
        duty = [one for one in everyone.filter(role__in=roles.REVIEWERS).order_by("pk") if may_answer(one, caller)]
    buddies = [caller.buddy] if caller.buddy and may_answer(caller.buddy, caller) else []
    return list({one.pk: one for one in [*buddies, *duty]}.values())
