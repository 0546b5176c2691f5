"""What was ended stays so in every backup that is brought back: partners, and webhooks that were taken away.

The ledger has a line of each, and one where a partner was taken up again: the later of a partner's two holds.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from askpeer import ledger
from questions.partners.models import Hook, Partner

log = logging.getLogger("askpeer.partners")
ENDED, TAKEN_UP, HOOK_GONE = "partner_ended:", "partner_taken_up:", "hook_gone:"  # in the ledger


@transaction.atomic
def end(partner: Partner, *, now: datetime) -> bool:
    """Stop its keys and webhooks at once; False where it had ended. A full ledger keeps none going."""
    if not Partner.objects.filter(pk=partner.pk, active=True).update(active=False):
        return False
    _write(f"{ENDED}{partner.pk}", now)
    return True


@transaction.atomic
def take_up(partner: Partner, *, now: datetime) -> bool:
    """Let what it has work again; False where it had not ended. Raises Refused when the ledger cannot be written:
    without that line the next start would take the partner for one that a backup brought back.
    """
    if not Partner.objects.filter(pk=partner.pk, active=False).update(active=True):
        return False
    with ledger.refusing():
        ledger.record(f"{TAKEN_UP}{partner.pk}", now=now)
    return True


@transaction.atomic
def remove_hook(hook: Hook, *, now: datetime) -> None:
    """End a hook and its secret at once; what still waits for it is dropped when its turn comes."""
    gone = hook.pk
    hook.delete()
    _write(f"{HOOK_GONE}{gone}", now)


def _write(line: str, now: datetime) -> None:
    try:
        ledger.record(line, now=now)
    except OSError as failure:
        log.error("a line of the ledger waits: %s", type(failure).__name__)


def unnamed() -> list[str]:
    """The ledger's lines of partners that have ended and of which it does not say so."""
    ended = Partner.objects.filter(active=False).exclude(pk__in=_ended())
    return [f"{ENDED}{pk}" for pk in ended.values_list("pk", flat=True)]


def back_again() -> int:
    """How many partners and webhooks work again that, the ledger says, were ended: they came back from a backup."""
    return _partners_back().count() + _hooks_back().count()


def replay_ledger(*, now: datetime) -> int:
    """End again what a backup brought back; return how many. They stand in the ledger already."""
    return _partners_back().update(active=False) + _hooks_back().delete()[0]


def _partners_back() -> QuerySet[Partner]:
    return Partner.objects.filter(active=True, pk__in=_ended())


def _hooks_back() -> QuerySet[Hook]:
    return Hook.objects.filter(pk__in=ledger.named(HOOK_GONE))


def _ended() -> list[str]:
    taken_up = ledger.moments(TAKEN_UP)
    ended = ledger.moments(ENDED)
    return sorted(pk for pk, moments in ended.items() if pk not in taken_up or max(moments) > max(taken_up[pk]))
