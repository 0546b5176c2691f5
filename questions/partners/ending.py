"""What was ended stays so in every backup that is brought back: partners, and webhooks that were taken away.

The ledger has a line of each, and one where a partner was taken up again: the later of a partner's two holds.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from askpeer import ledger
from askpeer.errors import Refused
from questions.partners.models import Hook, Partner

log = logging.getLogger("askpeer.partners")
MOMENT = timedelta(microseconds=1)
UNWRITTEN = "It could not be written down that this partner is taken up again, so nothing has changed. Try again later."
ENDED, TAKEN_UP, HOOK_GONE = "partner_ended:", "partner_taken_up:", "hook_gone:"  # in the ledger


@transaction.atomic
def end(partner: Partner, *, now: datetime) -> bool:
    """Stop its keys and webhooks at once; False where it had ended. A full ledger keeps none going."""
    if not Partner.objects.filter(pk=partner.pk, active=True).update(active=False):
        return False
    try:
        _record(ENDED, partner, now)
    except OSError as failure:
        log.error("a line of the ledger waits: %s", type(failure).__name__)
    return True


@transaction.atomic
def take_up(partner: Partner, *, now: datetime) -> bool:
    """Let what it has work again; False where it had not ended. Raises Refused when the ledger cannot be written:
    without that line the next start would take the partner for one that a backup brought back.
    """
    if not Partner.objects.filter(pk=partner.pk, active=False).update(active=True):
        return False
    try:
        _record(TAKEN_UP, partner, now)
    except OSError:
        raise Refused(UNWRITTEN) from None
    return True


@transaction.atomic
def remove_hook(hook: Hook, *, now: datetime) -> bool:
    """End a hook and its secrets; what still waits for it is dropped when its turn comes.

    False where the ledger cannot be written: it is paused then, so that it hears nothing from now on either. Deleted
    without a line, it would come back with a backup, and nobody would know of it any more.
    """
    gone = hook.pk
    try:
        with transaction.atomic():
            Hook.objects.filter(pk=gone).delete()
            ledger.record(f"{HOOK_GONE}{gone}", now=now)
    except OSError as failure:
        log.error("a webhook is paused and not removed: %s", type(failure).__name__)
        Hook.objects.filter(pk=gone, paused_at=None).update(paused_at=now)
        return False
    return True


def _record(kind: str, partner: Partner, now: datetime) -> None:
    """Append one of a partner's two lines, later than the other one whatever the clock says. Raises OSError.

    A clock that was ahead when it was ended, or another machine's, would have it ended for good otherwise.
    """
    other = ledger.moments(TAKEN_UP if kind == ENDED else ENDED).get(str(partner.pk), set())
    ledger.record(f"{kind}{partner.pk}", now=max([now, *(at + MOMENT for at in other)]))


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


def ended_again() -> int:
    """How many partners have ended in this database and were taken up again since, as the ledger says.

    They stay ended: an end that the ledger could not take looks the same, and somebody meant that one.
    """
    return Partner.objects.filter(active=False, pk__in=set(ledger.named(TAKEN_UP)) - set(_ended())).count()


def _partners_back() -> QuerySet[Partner]:
    return Partner.objects.filter(active=True, pk__in=_ended())


def _hooks_back() -> QuerySet[Hook]:
    return Hook.objects.filter(pk__in=ledger.named(HOOK_GONE))


def _ended() -> list[str]:
    taken_up = ledger.moments(TAKEN_UP)
    ended = ledger.moments(ENDED)
    return sorted(pk for pk, moments in ended.items() if pk not in taken_up or max(moments) > max(taken_up[pk]))
