"""Who reads what an asker says of the person in charge of safety: a trustee, where there is one."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from askpeer.errors import Refused
from questions import holding
from questions.intake import kept


class NoTrustee(Refused):
    """Nobody here may read what is about the lead."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nobody else here can read about that person right now. Please talk to someone outside. The numbers "
                "at the top of this page have nothing to do with us."
            )
        )


def _trustees(now: datetime) -> QuerySet:
    """Those whose checks are recorded and hold: to the others nothing opens."""
    hold = Q(vetted_until=None) | Q(vetted_until__gte=holding.today(now))
    there = get_user_model().objects.filter(hold, role="trustee", is_active=True, vetted_on__isnull=False)
    return there.order_by("pk")


def is_anybody(*, now: datetime) -> bool:
    """Whether the page may offer it; what a process knows of it is 30 seconds old at most."""
    return kept.value("trustees", lambda: _trustees(now).exists())


def lock(*, now: datetime) -> None:
    """Hold them until the transaction ends: whoever leaves at this moment sees the new case. Raises NoTrustee."""
    if not list(_trustees(now).select_for_update(no_key=True).values_list("pk")):
        raise NoTrustee
