"""I need support: somebody is told at once and says that they are with them. It counts in no figure about anybody.

Nothing of it stands in the trail: that is kept for good, and how somebody was is theirs.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from advisors import alerting, roles
from advisors.duty import clock, presence, rota
from advisors.models import Person
from advisors.team.locking import lock, lock_both
from advisors.team.models import SupportCall
from askpeer import calendars, outbox, prose
from askpeer.errors import Refused, Stale

LONGEST = 1500  # characters
MOST = 30  # shown at once
SOON = timedelta(minutes=15)  # while somebody is on duty for them
STILL = timedelta(hours=12)  # how long their page says who came
IN_A_WHILE = timedelta(minutes=30)  # in open hours or with somebody on call


class Waiting(NamedTuple):
    """An open call, who made it, and for how many minutes they have waited.

    until: the moment by which they were told somebody comes, "" for an old call; is_late: whether it is over.
    """

    call: SupportCall
    alias: str
    minutes: int
    until: str
    is_late: bool


@transaction.atomic
def call(*, person: Person, words: str = "", now: datetime) -> SupportCall:
    """Ask for somebody. While a call is open it is the same one, with what was added to it. Raises Refused."""
    text, person = _fitting(words), lock(person)
    if not person.is_active:
        raise Refused("This account is closed.")
    row = open_call(person)
    if row is None:
        until = answer_by(person, now=now)
        row = SupportCall.objects.create(person=person, words=text or None, called_at=now, answer_by=until)
        outbox.put("support-call", key=f"support-call:{row.pk}", refs={"call": str(row.pk)}, now=now)
    elif text and text != row.words:
        # Within the lock, so that of two windows neither loses its words.
        row.words = _fitting(f"{row.words}\n\n{text}" if row.words else text)
        row.save(update_fields=["words"])
    return row


def answer_by(caller: Person, *, now: datetime) -> datetime:
    """Until when somebody is with them; closed and nobody on call, soon after we open. 2 SQL at most."""
    if _able(presence.on_now(now=now), caller):
        return now + SOON
    if alerting.is_open(now) or _able(rota.on_call(now=now), caller):
        return now + IN_A_WHILE
    return alerting.opens(now) + SOON


def is_late(call: SupportCall, *, now: datetime) -> bool:
    """Whether nobody came in the time that was said."""
    return call.answer_by is not None and now >= call.answer_by


def until(call: SupportCall, *, now: datetime) -> str:
    """The moment that was said; "" for an old call."""
    return moment(call.answer_by, now=now) if call.answer_by else ""


def moment(at: datetime, *, now: datetime) -> str:
    """On our clock: 14:32 today, Thu 19 Nov, 10:15 on another day."""
    local = calendars.current().local
    return f"{local(at):%H:%M}" if local(at).date() == local(now).date() else clock.said(at)


def tell_everybody(*, now: datetime) -> None:
    """Tell everybody who can of each call that nobody came to in time, once."""
    due = SupportCall.objects.filter(
        answered_at=None, answer_by__lte=now, everybody_told_at=None, person__is_active=True
    )
    for pk in due.order_by("answer_by", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            # Guarded: beat may fire twice, and somebody may be with them by now.
            untold = SupportCall.objects.filter(pk=pk, answered_at=None, everybody_told_at=None)
            if untold.update(everybody_told_at=now):
                outbox.put("support-unanswered", key=f"support-call:{pk}:again", refs={"call": str(pk)}, now=now)


def _fitting(words: str) -> str:
    text = prose.canonical(words)
    if len(text) > LONGEST:
        raise Refused(f"This can have {LONGEST:,} characters at most. It has {len(text):,}.")
    return text


def is_still_with(call: SupportCall, *, now: datetime) -> bool:
    """Whether their page says that somebody is with them, and may be reached for it: for twelve hours."""
    return call.answered_at is not None and now - call.answered_at < STILL


def open_call(person: Person) -> SupportCall | None:
    """The call of this person that nobody has answered. 1 SQL."""
    row = person.support_calls.filter(answered_at=None).first()
    if row:
        row.person = person
    return row


def came(person: Person, *, now: datetime) -> SupportCall | None:
    """The latest call of this person that somebody came to within twelve hours. 1 SQL."""
    rows = person.support_calls.filter(answered_at__gt=now - STILL).select_related("answered_by")
    return rows.order_by("-answered_at", "-pk").first()


@transaction.atomic
def answer(*, call: SupportCall, by: Person, now: datetime) -> SupportCall:
    """Say that one is with them. Raises Refused, Stale where somebody else was first."""
    # The caller as call() does: words that come meanwhile are in this call before it is answered, or begin one of their
    # own. Who answers as well: a call that is taken by somebody who has just left is on nobody's list any more.
    by, caller = lock_both(by, call.person)
    if not may_answer(by, caller):
        raise Refused("A supervisor, the safeguarding lead or their buddy answers this.")
    mine = SupportCall.objects.filter(pk=call.pk, answered_at=None)
    if not mine.update(answered_at=now, answered_by=by):
        raise Stale("Somebody is with them already.")
    call.answered_at, call.answered_by = now, by
    return call


def purge(*, now: datetime) -> int:
    """Forget answered calls, like the check-ins, longer ago than settings say; return how many. An open one stays while
    its caller works here: of who was shut out again after a restore nobody is asked to come to them.
    """
    since = now - settings.CHECK_INS_KEPT
    nobodys = Q(answered_at=None, called_at__lt=since, person__is_active=False)
    return SupportCall.objects.filter(Q(answered_at__lt=since) | nobodys).delete()[0]


def may_answer(person: Person, caller: Person) -> bool:
    """Whether this is somebody to turn to: a reviewer or the caller's buddy, and not the caller."""
    if person.pk == caller.pk:
        return False
    return roles.may_review(person) or (_may_be_a_buddy(person) and caller.buddy_id == person.pk)


def may_be_called(person: Person) -> bool:
    """Whether anybody may turn to them: a reviewer, or somebody's buddy. 1 SQL at most."""
    return roles.may_review(person) or (_may_be_a_buddy(person) and Person.objects.filter(buddy=person).exists())


def _may_be_a_buddy(person: Person) -> bool:
    """A manager or trustee reads nothing of how an advisor is, whose buddy they were before."""
    return person.is_active and person.role in roles.WRITERS


def open_calls(*, now: datetime, of: Q | None = None) -> list[Waiting]:
    """The open calls, of these people alone where they are given, the longest waiting first, without words. 1 SQL."""
    rows = SupportCall.objects.filter(answered_at=None, person__is_active=True)
    first = rows.filter(of or Q()).select_related("person").defer("words").order_by("called_at", "pk")[:MOST]
    return [_waiting(row, now) for row in first]


def _waiting(row: SupportCall, now: datetime) -> Waiting:
    minutes = int((now - row.called_at).total_seconds() // 60)
    return Waiting(row, row.person.alias, minutes, until(row, now=now), is_late(row, now=now))


def calls_for(person: Person, *, now: datetime) -> list[Waiting]:
    """The open calls that this person may answer. 1 SQL."""
    mine = open_calls(now=now, of=callers_of(person))
    return [row for row in mine if may_answer(person, row.call.person)]


def callers_of(person: Person) -> Q:
    """Whose calls this person may answer, as may_answer() has it, of rows that hang on a person: asked before a list is
    cut short, so that a buddy's own is not behind thirty of others'.
    """
    return ~Q(person=person) if roles.may_review(person) else Q(person__buddy=person)


def anybody(*, than: Person, now: datetime) -> bool:
    """Whether somebody else is on duty, who would hear of their call at once. 1 SQL."""
    return bool(_able(presence.on_now(now=now), than))


def buddy_of(caller: Person, *, now: datetime) -> Person | None:
    """Their buddy, where that is somebody who works here and is not away today. 2 SQL at most."""
    buddy = caller.buddy
    if buddy is None or not may_answer(buddy, caller) or buddy.pk in alerting.away(now=now):
        return None
    return buddy


def told(call: SupportCall, *, now: datetime) -> list[Person]:
    """Who hears of a call at once: see turned_to()."""
    return turned_to(call.person, now=now)


def turned_to(caller: Person, *, now: datetime) -> list[Person]:
    """The buddy and everybody on duty; with nobody there, every supervisor and lead. 4 SQL at most."""
    on_duty = _able(presence.on_now(now=now), caller)
    if not on_duty:
        return everybody(caller, now=now)
    buddy = buddy_of(caller, now=now)
    return _each([buddy] if buddy else [], on_duty)


def everybody(caller: Person, *, now: datetime) -> list[Person]:
    """The buddy, every supervisor and every lead but those away, or these too where nobody is left. 3 SQL."""
    gone = alerting.away(now=now)
    reviewers = Person.objects.filter(is_active=True, role__in=roles.REVIEWERS).order_by("pk")
    able = _each(_able([caller.buddy] if caller.buddy else [], caller), _able(reviewers, caller))
    return [person for person in able if person.pk not in gone] or able


def _able(people: Iterable[Person], caller: Person) -> list[Person]:
    return [person for person in people if may_answer(person, caller)]


def _each(*groups: list[Person]) -> list[Person]:
    return list({person.pk: person for group in groups for person in group}.values())
