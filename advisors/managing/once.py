"""A secret on its way from the button that made it to whoever pressed that: kept sealed until they have copied it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from advisors.managing.models import ShownOnce
from advisors.models import Person
from questions.partners.models import Hook, Partner, PartnerKey

KEPT = timedelta(minutes=15)


def keep(
    *, by: Person, partner: Partner, secret: str, now: datetime, key: PartnerKey | None = None, hook: Hook | None = None
) -> None:
    """In the transaction of what made it: there is no secret that nobody can be shown."""
    ShownOnce.objects.create(person=by, partner=partner, partner_key=key, hook=hook, secret=secret, made_at=now)


def waiting(person: Person, partner: Partner, *, now: datetime, **about: Any) -> QuerySet[ShownOnce]:
    """What this person made of the partner's and has not said they have copied; about narrows it."""
    rows = ShownOnce.objects.filter(person=person, partner=partner, made_at__gt=now - KEPT, **about)
    return rows.select_related("partner_key", "hook").order_by("made_at")


def copied(*, person: Person, partner: Partner, shown: Collection[UUID]) -> None:
    """Forget what a page showed them. What was made since then is not among it, and stays."""
    ShownOnce.objects.filter(person=person, partner=partner, pk__in=shown).delete()


def drop(**about: Any) -> None:
    """Forget the secret of this key or webhook."""
    ShownOnce.objects.filter(**about).delete()


def purge(*, now: datetime) -> int:
    """Delete what nobody copied in time; return how many. 1 SQL."""
    return ShownOnce.objects.filter(made_at__lte=now - KEPT).delete()[0]
