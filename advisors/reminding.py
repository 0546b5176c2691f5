"""Tells staff of the rungs that were reached: the untold reminders, grouped into one outbox row a person.

Out of hours only red ones are told. The others stay untold until the service opens, so that a morning brings one mail
and not one for every minute of the night.
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from advisors.models import Person, Role
from askpeer import calendars, outbox
from askpeer.hours import NoOpeningHours
from questions import states
from questions.models import Question, Reminder

BATCH = 500


@transaction.atomic
def group_reminders(*, now: datetime) -> int:
    """Put one staff-notice a person for up to 500 untold reminders and mark these told. Return how many were."""
    untold = Reminder.objects.filter(told_at=None, superseded=False)
    if not _is_open(now):
        untold = untold.filter(question__level=states.RED)
    locked = untold.select_related("question").select_for_update(skip_locked=True, of=("self",))
    reminders = list(locked.order_by("pk")[:BATCH])
    if not reminders:
        return 0
    for person, told in _shares(reminders).items():
        # The first reminder's id keeps apart two groups made for one person in the same minute.
        key = f"staff-notice:{person}:{now:%Y%m%d%H%M}:{told[0]}"
        outbox.put("staff-notice", key=key, refs={"person": str(person), "reminders": told}, now=now)
    return Reminder.objects.filter(pk__in=[row.pk for row in reminders], told_at=None).update(told_at=now)


def _is_open(now: datetime) -> bool:
    try:
        return calendars.current().is_open(now)
    except NoOpeningHours:
        return False


def _shares(reminders: list[Reminder]) -> dict[UUID, list[int]]:
    """Whose each reminder is: {person's id: [reminder ids]}."""
    people = {person.pk: person.role for person in Person.objects.filter(is_active=True)}
    questions = {row.question_id for row in reminders}
    recused = set(Question.objects.filter(pk__in=questions).values_list("pk", "recusals__person"))
    shares = defaultdict(list)
    for row in reminders:
        for person in _audience(row, people):
            if (row.question_id, person) not in recused:
                shares[person].append(row.pk)
    return shares


def _audience(row: Reminder, people: dict[UUID, str]) -> set[UUID]:
    """Who hears of it. Until there is a rota, every supervisor and lead is on duty."""
    heard_by = states.AUDIENCE[row.kind]
    leads = {pk for pk, role in people.items() if role == Role.LEAD}
    if row.question.about_staff:
        return leads
    duty = leads | {pk for pk, role in people.items() if role == Role.SUPERVISOR}
    # A red question that nobody holds has an hour: its first rungs cannot wait for a holder.
    unheld_red = row.holder_id is None and row.question.level == states.RED
    audience: set[UUID] = set()
    if "holder" in heard_by and row.holder_id in people:
        audience.add(row.holder_id)
    if "duty" in heard_by or "supervisors" in heard_by or unheld_red:
        audience |= duty
    if "manager" in heard_by:
        audience |= {pk for pk, role in people.items() if role == Role.MANAGER}
    return audience
