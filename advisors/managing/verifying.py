"""Signposts that nobody has looked at for 90 days: how many there are, and telling the managers once of each that
becomes one, in one mail a day at most."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from advisors import alerting
from advisors.drafting import placing
from advisors.models import Person, Role
from askpeer import outbox
from askpeer.mail import Mail
from askpeer.models import OutboxRow
from questions import holding

KIND = "signposts-stale"
PAGE = "/manage/signposts/"


@transaction.atomic
def alert_stale(*, now: datetime) -> int:
    """Put a mail to each manager where a signpost is stale and they were not told since it was looked at last; return
    how many. 1 SQL where today's is put already, 3 where nothing is stale anew.

    Each signpost keeps the day on which it was told: one that was old when it was made is told as well.
    """
    today = holding.today(now)
    if OutboxRow.objects.filter(kind=KIND, refs__day=str(today)).exists():
        return 0  # the next is tomorrow's, which tells of what became stale meanwhile
    managers = list(Person.objects.filter(is_active=True, role=Role.MANAGER).values_list("pk", flat=True))
    untold = Q(told_stale_on=None) | Q(told_stale_on__lte=F("last_verified"))
    # One UPDATE finds and marks them: of two beats at once the second marks none.
    if not managers or not placing.doubtful(today).filter(untold).update(told_stale_on=today):
        return 0
    refs = {f"{KIND}:{today}:{pk}": {"person": str(pk), "day": str(today)} for pk in managers}
    outbox.put_all(KIND, refs, now=now, due=now if alerting.is_open(now) else alerting.opens(now))
    return len(refs)


def letter(refs: dict[str, Any], *, key: str, now: datetime) -> Mail | None:
    """To one manager, with the number as it is now; None where all are looked at, or they are no manager any more."""
    person = Person.objects.filter(pk=refs["person"], is_active=True, role=Role.MANAGER).first()
    count = placing.doubtful(holding.today(now)).count()
    if person is None or not count:
        return None
    subject = "1 signpost needs a look" if count == 1 else f"{count} signposts need a look"
    body = (
        f"Hello {person.alias},\n\n{subject}: nobody has checked in 90 days whether the number, the hours and the "
        f"address still hold.\n\n{settings.SITE_URL}{PAGE}\n"
    )
    return Mail(person.email, subject, body, key)
