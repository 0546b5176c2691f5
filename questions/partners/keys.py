"""Partner keys: "ap_" and 256 random bits. The secret is shown once; the database keeps an HMAC of it."""

import hmac
import logging
import secrets
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from askpeer import ledger
from askpeer.errors import Refused
from questions.partners.models import Partner, PartnerKey

log = logging.getLogger("askpeer.keys")
PREFIX = "ap_"
REVOKED = "partner_key:"  # in the ledger
LONGEST = 80
LIVE_KEYS = 2  # the old one and the new one, while a partner changes over
NOT_FOR_SCHOOLS = frozenset({"ask", "read"})


def digest(secret: str) -> bytes:
    """HMAC-SHA256 of the secret under the service's own: what the database keeps, 32 bytes."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"partner key\0" + secret.encode(), "sha256")


@transaction.atomic
def issue(*, partner: Partner, scopes: Collection[str], now: datetime, expires: datetime | None = None) -> str:
    """Make a key and return its secret, this once. Raises Refused."""
    wanted = [scope for scope in PartnerKey.SCOPES if scope in scopes]
    _check(partner, wanted, given=set(scopes), now=now, expires=expires)
    # The partner's row is the lock: two keys issued at once would each see room for one more.
    Partner.objects.select_for_update().get(pk=partner.pk)
    if live(partner, now=now).count() >= LIVE_KEYS:
        raise Refused(f"A partner can have {LIVE_KEYS} live keys at most. Revoke one first.")
    secret = PREFIX + secrets.token_urlsafe(32)
    PartnerKey.objects.create(partner=partner, digest=digest(secret), scopes=wanted, made_at=now, expires_at=expires)
    return secret


def _check(partner: Partner, wanted: list[str], *, given: set[str], now: datetime, expires: datetime | None) -> None:
    if not wanted or given != set(wanted):
        raise Refused("Choose one or more of these scopes: ask, read, publish.")
    if partner.kind == Partner.Kind.SCHOOL and NOT_FOR_SCHOOLS & given:
        raise Refused("A school cannot ask or read questions for young people. Give it the publish scope alone.")
    if expires is not None and expires <= now:
        raise Refused("A key has to expire later than now.")


def live(partner: Partner, *, now: datetime) -> QuerySet[PartnerKey]:
    """The partner's keys that still work."""
    return PartnerKey.objects.filter(working(now), partner=partner)


def working(now: datetime) -> Q:
    """The keys that are neither revoked nor expired."""
    return Q(revoked_at=None) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))


def find(secret: str, *, now: datetime) -> PartnerKey | None:
    """The live key of an active partner with this secret, its day of use noted; None for any other text."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    keys = PartnerKey.objects.select_related("partner").filter(working(now), partner__active=True)
    key = keys.filter(digest=digest(secret)).first()
    if key is not None and key.last_used_on != now.date():
        PartnerKey.objects.filter(pk=key.pk).update(last_used_on=now.date())
    return key


@transaction.atomic
def revoke(*, key: PartnerKey, now: datetime) -> None:
    """End a key at once, so that no backup brings it back; one that was revoked before keeps its moment.

    A full ledger keeps no key alive: its line is written later.
    """
    if not PartnerKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        return
    try:
        ledger.record(f"{REVOKED}{key.pk}", now=now)
    except OSError as failure:
        log.error("a line of the ledger waits: %s", type(failure).__name__)


def unnamed() -> list[str]:
    """The ledger's lines of keys that were revoked and that it does not name."""
    revoked = PartnerKey.objects.exclude(revoked_at=None).exclude(pk__in=ledger.named(REVOKED))
    return [f"{REVOKED}{pk}" for pk in revoked.values_list("pk", flat=True)]


def back_again() -> QuerySet[PartnerKey]:
    """Keys that, the ledger says, were revoked and that work again: they came back from a backup."""
    return PartnerKey.objects.filter(pk__in=ledger.named(REVOKED), revoked_at=None)


def replay_ledger(*, now: datetime) -> int:
    """Revoke again what a backup brought back; return how many."""
    return back_again().update(revoked_at=now)


def allows(key: PartnerKey, scope: str) -> bool:
    """Whether this key may do what needs the scope; what a school may not do, an older key of it may not either."""
    if key.partner.kind == Partner.Kind.SCHOOL and scope in NOT_FOR_SCHOOLS:
        return False
    return scope in key.scopes
