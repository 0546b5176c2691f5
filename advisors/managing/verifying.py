"""Signposts that nobody has looked at for 90 days: how many there are, and telling the managers once of each that
becomes one, in one mail a day at most."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from advisors import alerting
from advisors.models import Person, Role
from askpeer import outbox
from askpeer.mail import Mail
from askpeer.models import OutboxRow
from questions import holding
from questions.models import Signpost

KIND = "signposts-stale"
FRESH = timedelta(days=90)
PAGE = "/manage/signposts/"


def stale(today: date) -> QuerySet[Signpost]:
    """Last verified more than 90 days ago, or never."""
    return Signpost.objects.filter(Q(last_verified=None) | Q(last_verified__lt=today - FRESH))


@transaction.atomic
def alert_stale(*, now: datetime) -> int:
    """Put a mail to each manager where a signpost became stale since the last one; return how many. 2 SQL where none
    did. A service that was off for a week tells of that week.
    """
    today = holding.today(now)
    told = OutboxRow.objects.filter(kind=KIND).order_by("-pk").values_list("refs__day", flat=True).first()
    fresh = stale(today)
    if told:
        fresh = fresh.filter(last_verified__gte=date.fromisoformat(told) - FRESH)
    if not fresh.exists():
        return 0
    managers = Person.objects.filter(is_active=True, role=Role.MANAGER).values_list("pk", flat=True)
    refs = {f"{KIND}:{today}:{pk}": {"person": str(pk), "day": str(today)} for pk in managers}
    outbox.put_all(KIND, refs, now=now, due=now if alerting.is_open(now) else alerting.opens(now))
    return len(refs)


def letter(refs: dict[str, Any], *, key: str, now: datetime) -> Mail | None:
    """To one manager, with the number as it is now; None where all are looked at, or they are no manager any more."""
    person = Person.objects.filter(pk=refs["person"], is_active=True, role=Role.MANAGER).first()
    count = stale(holding.today(now)).count()
    if person is None or not count:
        return None
    subject = "1 signpost needs a look" if count == 1 else f"{count} signposts need a look"
    body = (
        f"Hello {person.alias},\n\n{subject}: nobody has checked in 90 days whether the number, the hours and the "
        f"address still hold.\n\n{settings.SITE_URL}{PAGE}\n"
    )
    return Mail(person.email, subject, body, key)
