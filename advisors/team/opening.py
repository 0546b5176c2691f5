"""Who opened the words of which question: the team room takes none of them from whoever has just read them."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction

from advisors.models import Person
from advisors.team.models import Opened
from questions import states
from questions.models import Question

FOR = timedelta(days=30)
AN_HOUR = timedelta(hours=1)
MOST = 200  # questions that somebody's words are compared with, the newest opened

log = logging.getLogger(__name__)


def note(*, person: Person, question: Question, now: datetime) -> None:
    """Write down that this person has the words of this question before them. A page opened again within the hour costs
    1 SQL, the first time 3 and a savepoint.
    """
    note_all(person=person, questions=[question], now=now)


def note_all(*, person: Person, questions: Iterable[Question], now: datetime) -> None:
    """The same for a page with the words of several. None of it may keep somebody from reading: it never raises."""
    wanted = {question.pk for question in questions if question.status != states.WITHDRAWN}
    if not wanted:
        return
    try:
        recent = Opened.objects.filter(person=person, question__in=wanted, at__gt=now - AN_HOUR)
        if unnoted := wanted - set(recent.values_list("question", flat=True)):
            _write(person, unnoted, now)
    except DatabaseError as error:
        log.warning("An opening was not noted: %s", type(error).__name__)


@transaction.atomic
def _write(person: Person, questions: set[UUID], now: datetime) -> None:
    rows = [Opened(person=person, question_id=pk, at=now) for pk in sorted(questions)]
    Opened.objects.bulk_create(rows, update_conflicts=True, unique_fields=["person", "question"], update_fields=["at"])
    # One that is being erased made the insert wait for it, or finds this row: either way none is left behind.
    Opened.objects.filter(question__in=questions, question__status=states.WITHDRAWN).delete()


def recent(person: Person, *, now: datetime) -> list[UUID]:
    """The questions whose words this person opened in the last 30 days, the newest first, 200 at most. 1 SQL."""
    rows = Opened.objects.filter(person=person, at__gt=now - FOR).order_by("-at", "pk")
    return list(rows.values_list("question", flat=True)[:MOST])


def purge(*, now: datetime) -> int:
    """Forget what was opened 30 days ago; return how many rows that were."""
    return Opened.objects.filter(at__lte=now - FOR).delete()[0]
