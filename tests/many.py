"""Questions by the thousand, as asking would leave them, a few statements for all. They say nothing."""

import secrets
from datetime import datetime
from typing import Any

from askpeer import calendars
from questions import deadlines, moves
from questions.models import Question, Round

BATCH = 500


def many_questions(count: int, *, now: datetime, **values: Any) -> list[Question]:
    """In `new`, asked at now, each with its first round and alarm. Needs the calendar fixture."""
    rows = [
        Question(receipt_digest=secrets.token_bytes(32), asked_at=now, entered_at=now, **values) for _ in range(count)
    ]
    Question.objects.bulk_create(rows, batch_size=BATCH)
    promised = deadlines.promise(calendars.current(), asked=now)
    rounds = [Round(question=row, number=1, asked_at=now, promised_at=promised, due_at=promised) for row in rows]
    Round.objects.bulk_create(rounds, batch_size=BATCH)
    # All of them are the same case, so they wait for the same moment.
    moves.set_alarm(rows[0], now=now)
    rows[0].refresh_from_db()
    alarm = {"alarm_at": rows[0].alarm_at, "alarm_kind": rows[0].alarm_kind}
    Question.objects.filter(pk__in=[row.pk for row in rows]).update(**alarm)
    return rows
