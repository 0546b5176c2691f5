"""The alarm of a case's next check: the lead when it is due; a day later every lead and the manager."""

from datetime import datetime, timedelta

from django.db import transaction

from advisors import alerting
from advisors.safeguarding.models import Check
from askpeer import outbox
from questions import states

BATCH = 500
AGAIN = timedelta(hours=24)


@transaction.atomic
def alert_due(*, now: datetime) -> int:
    """Put an outbox row for each check that is due, and another a day after; return how many.

    Outside opening hours only of a red case's. 1 SQL where nothing is due; rows another process holds are its own.
    """
    due = Check.objects.filter(alarm_at__lte=now)
    if not alerting.is_open(now):
        due = due.filter(entry__level=states.RED)
    checks = due.select_for_update(skip_locked=True, of=("self",)).order_by("alarm_at", "pk")[:BATCH]
    return sum(_tell(check, now) for check in checks)


def _tell(check: Check, now: datetime) -> int:
    again = check.told_at is not None
    refs = {"entry": str(check.entry_id), "again": again}
    key = f"safeguarding-check:{check.entry_id}:{'again' if again else 'due'}"
    outbox.put("safeguarding-check", key=key, refs=refs, now=now)
    check.told_at, check.alarm_at = now, None if again else now + AGAIN
    check.save(update_fields=["told_at", "alarm_at"])
    return 1
