"""Tells staff of the rungs that were reached: all untold reminders, grouped into one outbox row a person.

Out of hours only red ones are told. The others stay untold until the service opens, so that a morning brings one mail
and not one for every minute of the night. Red words in quarantine are told of once in ten minutes, however many there
are: a flood must not bury the mail that matters. After an outage telling waits until the sweep has caught up, two
minutes at most; and what was put for somebody while the mail server was away is added to, so that one mail holds all.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from advisors import alerting, roles
from advisors.models import Person, Role
from askpeer import outbox
from askpeer.models import Beacon, OutboxRow
from questions import states
from questions.models import Question, Reminder

BATCH = 10_000  # ids in one statement
QUIET = timedelta(minutes=10)  # between two digests of red words in quarantine
RED_APART = Q(question__status=states.NEW, question__quarantined=True, question__level=states.RED)
BEHIND = timedelta(minutes=1)
FRESH = timedelta(days=1)  # a letter that is tried for longer may be given up soon, with all that was added to it
LONGEST_WAIT = timedelta(minutes=2)
WAITING = "telling-waits"
SILENT = set(states.MOVING_RUNGS) - {"returned"}  # no reminder comes of these


class Case(NamedTuple):
    """All that decides who hears of a reminder: hundreds of them are the same case."""

    kind: str
    holder: UUID | None
    red: bool
    about_staff: bool
    about_lead: bool
    recused: frozenset[UUID]


class Staff(NamedTuple):
    """Who there is: roles by id, who is kept out of their pages, who is on hand, and who is away."""

    roles: dict[UUID, str]
    kept_out: set[UUID]
    on_hand: set[UUID]
    away: set[UUID]

    def of(self, case: Case, *roles: str) -> set[UUID]:
        """Whoever of these roles may hear of the case and is not kept out; those who are where nobody else is there."""
        able = {pk for pk, role in self.roles.items() if role in roles and pk not in case.recused}
        return able - self.kept_out or able


@transaction.atomic
def group_reminders(*, now: datetime) -> int:
    """Put one staff-notice a person for all untold reminders and mark these told. Return how many were."""
    untold = _untold(now)
    if not untold.exists() or _waits_for_the_sweep(now):
        return 0
    reminders = _locked(untold)
    _put(_shares(reminders, now), now)
    Beacon.objects.filter(name=WAITING).delete()
    pks = [row.pk for row in reminders]
    return sum(Reminder.objects.filter(pk__in=some, told_at=None).update(told_at=now) for some in _batches(pks))


def _untold(now: datetime) -> QuerySet[Reminder]:
    untold = Reminder.objects.filter(told_at=None, superseded=False)
    if not alerting.is_open(now):
        untold = untold.filter(question__level=states.RED)
    # A moment farther ahead was written by a clock gone wrong.
    just_told = Reminder.objects.filter(RED_APART, told_at__gt=now - QUIET, told_at__lt=now + QUIET)
    return untold.exclude(RED_APART) if just_told.exists() else untold


def _waits_for_the_sweep(now: datetime) -> bool:
    """Whether alarms are due for a minute that nobody has rung yet, and what they bring is worth waiting for."""
    behind = Question.objects.filter(alarm_at__lt=now - BEHIND).exclude(alarm_kind__in=SILENT)
    if not behind.exists():
        return False
    beacon, _ = Beacon.objects.get_or_create(name=WAITING, defaults={"at": now})
    if not now - 5 * LONGEST_WAIT < beacon.at <= now:  # of a wait long over, or by a clock gone wrong
        Beacon.objects.filter(name=WAITING).update(at=now)
        return True
    return now - beacon.at < LONGEST_WAIT


def _locked(untold: QuerySet[Reminder]) -> list[Reminder]:
    """The most overdue first. Another one who groups at this moment passes over these rows."""
    rows = untold.select_related("question").select_for_update(skip_locked=True, of=("self",))
    asked = ("kind", "holder_id", "made_at", "question__level", "question__about_staff", "question__about_lead")
    return list(rows.only(*asked).order_by("due_at", "pk"))


def _shares(reminders: list[Reminder], now: datetime) -> dict[UUID, list[int]]:
    """Whose each reminder is: {person's id: [reminder ids]}, who waits longest first."""
    staff, recused, told = _staff(now), _recused(), _told(reminders)
    heard: dict[Case, set[UUID]] = {}
    shares = defaultdict(list)
    for row in reminders:
        question = row.question
        case = Case(
            row.kind,
            row.holder_id,
            question.level == states.RED,
            question.about_staff,
            question.about_lead,
            recused[row.question_id],
        )
        if case not in heard:
            heard[case] = _audience(case, staff)
        for person in heard[case] - told[row.pk]:
            shares[person].append(row.pk)
    return shares


def _told(reminders: list[Reminder]) -> dict[int, set[UUID]]:
    """Who has a letter of which of these already: they are untold again where somebody left before theirs was sent.

    Such a letter still waits, or it was settled after the reminder was made. 1 SQL.
    """
    told: dict[int, set[UUID]] = defaultdict(set)
    made = {row.pk: row.made_at for row in reminders}
    if not made:  # another one who groups has them all
        return told
    late_enough = Q(settled_at=None) | Q(settled_at__gte=min(made.values()))
    for refs in OutboxRow.objects.filter(late_enough, kind="staff-notice").values_list("refs", flat=True):
        for pk in made.keys() & refs["reminders"]:
            told[pk].add(UUID(refs["person"]))
    return told


def _put(shares: dict[UUID, list[int]], now: datetime) -> None:
    """One row for each, or more in the row that still waits for them."""
    waiting = {UUID(row.refs["person"]): row for row in outbox.waiting("staff-notice", since=now - FRESH)}
    longer = {person: row for person, row in waiting.items() if person in shares}
    for person, row in longer.items():
        row.refs["reminders"] += shares[person]
    outbox.send_longer(list(longer.values()), now=now)
    # The first reminder's id keeps apart two groups made for one person in the same minute.
    fresh = {
        f"staff-notice:{person}:{now:%Y%m%d%H%M}:{told[0]}": {"person": str(person), "reminders": told}
        for person, told in shares.items()
        if person not in longer
    }
    outbox.put_all("staff-notice", fresh, now=now)


def _staff(now: datetime) -> Staff:
    people = list(Person.objects.filter(is_active=True))
    return Staff(
        roles={person.pk: person.role for person in people},
        kept_out={person.pk for person in people if roles.is_kept_out(person, now=now)},
        on_hand=alerting.on_hand(now=now),
        away=alerting.away(now=now),
    )


def _recused() -> dict[UUID, frozenset[UUID]]:
    """{question: who is kept from it}, of the questions that somebody is to be told of."""
    untold = Reminder.objects.filter(told_at=None, superseded=False).values("question")
    pairs = Question.objects.filter(pk__in=untold, recusals__person__isnull=False)
    recused: dict[UUID, frozenset[UUID]] = defaultdict(frozenset)
    for question, person in pairs.values_list("pk", "recusals__person"):
        recused[question] |= {person}
    return recused


def _audience(case: Case, staff: Staff) -> set[UUID]:
    """Who hears of it: of a case about staff the leads, and the trustees where it is about the lead or every lead is
    kept from it.
    """
    heard_by = states.AUDIENCE[case.kind]
    if case.about_lead:
        return staff.of(case, Role.TRUSTEE)
    if case.about_staff:
        return staff.of(case, Role.LEAD) or staff.of(case, Role.TRUSTEE)  # as roles.for_a_trustee() has it
    everybody = staff.of(case, Role.SUPERVISOR, Role.LEAD)
    supervisors = everybody - staff.away or everybody
    # With nobody on hand who may hear of it, every supervisor and lead is on duty.
    duty = staff.on_hand & supervisors or supervisors
    audience: set[UUID] = set()
    if "holder" in heard_by and case.holder:
        # To whoever holds it the desk is open, also where the pages of their role are not.
        there = {case.holder} & staff.roles.keys() - case.recused
        audience |= duty if case.holder in staff.away else there
    # A red question that nobody holds has an hour: its first rungs cannot wait for a holder.
    if "duty" in heard_by or (case.red and case.holder is None):
        audience |= duty
    if "supervisors" in heard_by:
        audience |= supervisors
    if "manager" in heard_by:
        audience |= staff.of(case, Role.MANAGER)
    return audience


def _batches(pks: list[int]) -> Iterator[list[int]]:
    return (pks[at : at + BATCH] for at in range(0, len(pks), BATCH))
