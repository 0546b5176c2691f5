"""Which advisors mean to be here, as they said it themselves."""

from datetime import datetime

from advisors import roles
from advisors.models import Person
from advisors.team.models import Turn

MOST = 30  # shown at once


def mean_to_be(*, now: datetime) -> list[Person]:
    """Everybody whose own plan has them here now, by alias. 1 SQL."""
    turns = Turn.objects.filter(starts_at__lte=now, ends_at__gt=now)
    active = Person.objects.filter(pk__in=turns.values("person"), is_active=True, role__in=roles.WRITERS)
    return list(active.order_by("alias", "pk")[:MOST])
