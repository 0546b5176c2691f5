"""Tells staff of the rungs that were reached: the untold reminders, grouped into one outbox row a person.

Out of hours only red ones are told. The others stay untold until the service opens, so that a morning brings one mail
and not one for every minute of the night. Red words in quarantine are told of once in ten minutes, however many there
are: a flood must not bury the mail that matters.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from advisors import alerting
from advisors.models import Person, Role
from askpeer import outbox
from questions import states
from questions.models import Question, Reminder

BATCH = 500
QUIET = timedelta(minutes=10)  # between two digests of red words in quarantine
RED_APART = Q(question__status=states.NEW, question__quarantined=True, question__level=states.RED)


class Staff(NamedTuple):
    """Who there is: roles by id, who is on hand, who is away, and who is kept from which question."""

    roles: dict[UUID, str]
    on_hand: set[UUID]
    away: set[UUID]
    recused: set[tuple[UUID, UUID]]

    def of(self, question: Question, *roles: str) -> set[UUID]:
        """Everybody with one of these roles who may hear of the question."""
        return {pk for pk, role in self.roles.items() if role in roles and (question.pk, pk) not in self.recused}


@transaction.atomic
def group_reminders(*, now: datetime) -> int:
    """Put one staff-notice a person for up to 500 untold reminders and mark these told. Return how many were."""
    locked = _untold(now).select_related("question").select_for_update(skip_locked=True, of=("self",))
    reminders = list(locked.order_by("pk")[:BATCH])
    if not reminders:
        return 0
    for person, told in _shares(reminders, now).items():
        # The first reminder's id keeps apart two groups made for one person in the same minute.
        key = f"staff-notice:{person}:{now:%Y%m%d%H%M}:{told[0]}"
        outbox.put("staff-notice", key=key, refs={"person": str(person), "reminders": told}, now=now)
    return Reminder.objects.filter(pk__in=[row.pk for row in reminders], told_at=None).update(told_at=now)


def _untold(now: datetime) -> QuerySet[Reminder]:
    untold = Reminder.objects.filter(told_at=None, superseded=False)
    if not alerting.is_open(now):
        untold = untold.filter(question__level=states.RED)
    just_told = Reminder.objects.filter(RED_APART, told_at__gt=now - QUIET).exists()
    return untold.exclude(RED_APART) if just_told else untold


def _shares(reminders: list[Reminder], now: datetime) -> dict[UUID, list[int]]:
    """Whose each reminder is: {person's id: [reminder ids]}."""
    staff = _staff(reminders, now)
    shares = defaultdict(list)
    for row in reminders:
        for person in _audience(row, staff):
            shares[person].append(row.pk)
    return shares


def _staff(reminders: list[Reminder], now: datetime) -> Staff:
    questions = {row.question_id for row in reminders}
    return Staff(
        roles={person.pk: person.role for person in Person.objects.filter(is_active=True)},
        on_hand=alerting.on_hand(now=now),
        away=alerting.away(now=now),
        recused=set(Question.objects.filter(pk__in=questions).values_list("pk", "recusals__person")),
    )


def _audience(row: Reminder, staff: Staff) -> set[UUID]:
    """Who hears of it: of a case about staff the leads, and the trustees where every lead is kept from it."""
    heard_by, question = states.AUDIENCE[row.kind], row.question
    if question.about_staff:
        return _of_a_staff_case(question, staff)
    everybody = staff.of(question, Role.SUPERVISOR, Role.LEAD)
    supervisors = everybody - staff.away or everybody
    # With nobody on hand who may hear of it, every supervisor and lead is on duty.
    duty = staff.on_hand & supervisors or supervisors
    # A red question that nobody holds has an hour: its first rungs cannot wait for a holder.
    unheld_red = row.holder_id is None and question.level == states.RED
    audience: set[UUID] = set()
    if "holder" in heard_by and row.holder_id:
        audience |= duty if row.holder_id in staff.away else {row.holder_id} & staff.of(question, *Role.values)
    if "duty" in heard_by or unheld_red:
        audience |= duty
    if "supervisors" in heard_by:
        audience |= supervisors
    if "manager" in heard_by:
        audience |= staff.of(question, Role.MANAGER)
    return audience


def _of_a_staff_case(question: Question, staff: Staff) -> set[UUID]:
    """As roles.for_a_trustee() has it."""
    return staff.of(question, Role.LEAD) or staff.of(question, Role.TRUSTEE)
