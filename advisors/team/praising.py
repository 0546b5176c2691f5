"""Kudos: one colleague's thanks to another, before the team."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from advisors.models import AGREEMENT, Person, Role
from advisors.team import guarding, posting
from advisors.team.locking import lock
from advisors.team.models import Kudos
from askpeer import history
from askpeer.errors import Refused, Stale
from questions import holding

LONGEST = 300  # characters
MOST_A_DAY = 20
SIXTEEN = 16
SHOWN = 10
SHOWN_FOR = timedelta(days=30)
GONE = "They are not here any more. Choose somebody else."


def colleagues(person: Person, *, now: datetime) -> QuerySet[Person]:
    """Everybody in the room whom this person may thank: as roles.why_not_in_the_room() has it."""
    today = holding.today(now)
    born = today.replace(year=today.year - SIXTEEN)  # a leap year's day has one 16 years ago
    consented = ~Q(role=Role.ADVISOR) | Q(born_on__lte=born) | Q(guardian_consent_on__isnull=False)
    open_to = Q(role=Role.MANAGER) | (Q(agreed_to=AGREEMENT) & consented)
    there = Person.objects.filter(open_to, is_active=True, role__in=posting.IN_THE_ROOM)
    return there.exclude(pk=person.pk).order_by("alias", "pk")


def praise(*, person: Person, text: str, by: Person, now: datetime) -> Kudos:
    """Thank a colleague. Raises Refused, Stale where the giver said something else meanwhile."""
    posting.check_there(by, now=now)
    text = guarding.fitting(text, limit=LONGEST, missing="Write what you want to thank them for.")
    before = posting.just_said(by, now=now)
    guarding.check(text, writer=by, before=[row.text for row in before], now=now)
    with transaction.atomic():
        giver = posting.still_there(by, before, now=now)
        _check_whom(person, giver, now)
        # Read under no lock of theirs: of two who thank one another at once neither waits for the other.
        return Kudos.objects.create(person=person, giver=giver, text=text, at=now)


def _check_whom(person: Person, giver: Person, now: datetime) -> None:
    if person.pk == giver.pk:
        raise Refused("This is for somebody else. Be kind to yourself all the same.")
    if not colleagues(giver, now=now).filter(pk=person.pk).exists():
        raise Refused(GONE)
    given = Kudos.objects.filter(giver=giver, at__gt=now - timedelta(days=2)).values_list("at", flat=True)
    if sum(_day(at) == _day(now) for at in given) >= MOST_A_DAY:
        raise Refused(f"That is {MOST_A_DAY} thanks today. Keep the next one for tomorrow.")


def _day(at: datetime) -> object:
    return holding.today(at)


@transaction.atomic
def take_down(*, kudos: Kudos, by: Person, now: datetime) -> None:
    """Take a thanks down: whom it is for, who gave it, a reviewer or the manager. Raises Refused, Stale."""
    by = lock(by)
    if not may_take_down(by, kudos):
        raise Refused("Only the two of them, a supervisor or the manager takes this down.")
    if not Kudos.objects.filter(pk=kudos.pk).delete()[0]:
        raise Stale("It is gone already.")
    if by.pk not in {kudos.person_id, kudos.giver_id}:
        facts = {"person": str(kudos.person_id), "giver": str(kudos.giver_id or "")}
        history.record(subject=f"kudos:{kudos.pk}", kind="taken_down", actor=by.name, now=now, facts=facts)


def may_take_down(person: Person, kudos: Kudos) -> bool:
    theirs = person.pk in {kudos.person_id, kudos.giver_id}
    return posting.may_be_there(person) and (theirs or posting.keeps_order(person))


def shown(*, now: datetime) -> list[Kudos]:
    """The newest thanks of the last 30 days, as the room shows them. 1 SQL."""
    rows = Kudos.objects.filter(at__gt=now - SHOWN_FOR, at__lte=now, person__is_active=True)
    return list(rows.select_related("person", "giver")[:SHOWN])


def purge(*, now: datetime) -> int:
    """Forget thanks that are as old as the oldest posts; return how many."""
    return Kudos.objects.filter(at__lte=now - posting.KEPT).delete()[0]


def received(person: Person, *, since: datetime | None = None, now: datetime) -> list[Kudos]:
    """The newest ten that this person got, after since where that is given. 1 SQL."""
    rows = Kudos.objects.filter(person=person, at__lte=now)
    if since:
        rows = rows.filter(at__gt=since)
    return list(rows.select_related("person", "giver")[:SHOWN])
