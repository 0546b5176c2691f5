"""Who has a draft open, as their pages last said: a small beat every five seconds keeps somebody there."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from advisors.beside import going_on, rules
from advisors.beside.models import Presence, Sitting
from advisors.models import Person
from askpeer import history
from questions.models import Question

FOR = timedelta(seconds=10)


class Beat(NamedTuple):
    """The question as it is now, and the sitting that goes on beside its advisor."""

    question: Question
    sitting: Sitting | None


@transaction.atomic
def beat(*, question: Question, by: Person, now: datetime) -> Beat:
    """Say that this person has the draft open now. Raises Refused, Erased.

    5 SQL: the question under its lock, whether a reviewer may see it, its round, one upsert, the sitting; until the two
    have met, one more.
    """
    # Under the lock: a beat on its way while the question is erased must not leave a row behind.
    fresh = rules.lock(question)
    rules.check_looks(by, fresh, now=now)
    Presence.objects.bulk_create(
        [Presence(round=fresh.round, person=by, seen_at=now)],
        update_conflicts=True,
        unique_fields=["round", "person"],
        update_fields=["seen_at"],
    )
    sitting = going_on.of(fresh)
    if sitting and not sitting.met_at:
        _meet(fresh, sitting, now)
    return Beat(fresh, sitting)


def here(question: Question, *, than: Person, now: datetime) -> list[Person]:
    """Who else has this draft open, by alias. 1 SQL."""
    rows = Presence.objects.filter(round=question.round, seen_at__gte=now - FOR, person__is_active=True)
    return [row.person for row in rows.exclude(person=than).select_related("person").order_by("person__alias", "pk")]


def _meet(question: Question, sitting: Sitting, now: datetime) -> None:
    """Write down when the two were first there at once."""
    there = Presence.objects.filter(round=question.round, seen_at__gte=now - FOR)
    if there.filter(person__in=[sitting.advisor_id, sitting.supervisor_id]).count() < 2:
        return
    Sitting.objects.filter(pk=sitting.pk).update(met_at=now)
    facts = {"round": question.round_number, "sitting": str(sitting.pk)}
    history.record(subject=question.subject, kind="met_beside", actor=sitting.supervisor.name, now=now, facts=facts)
