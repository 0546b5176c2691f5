"""A repeated request gets the first one's answer: kept 72 hours, sealed so that only who asked can open it.

The record is sealed under HKDF-SHA256 (RFC 5869) of the bearer secret and the Idempotency-Key, neither of which the
database has; the digest of the body is keyed the same way, so it confirms no guess at a young person's words.
"""

import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from askpeer import vault
from askpeer.errors import Refused
from questions.models import Question
from questions.partners.models import IdempotencyRecord, Partner

LONGEST = 255


class Reused(Refused):
    """The Idempotency-Key went with another body, or with another of the partner's keys."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another body or another key. Use a new one.")


class Ticket(NamedTuple):
    """One request of a partner: what identifies it (digest), its body's keyed digest, and the key of its record."""

    partner: Partner
    digest: bytes
    body_digest: bytes
    key: bytes

    @property
    def place(self) -> tuple[str, ...]:
        return ("partners_idempotencyrecord", "sealed", str(self.partner.pk), self.digest.hex())


class Answered(NamedTuple):
    """The question of a request, what was answered, and whether that was kept from the first time."""

    question: Question
    answer: dict[str, Any]
    replayed: bool


def ticket(*, partner: Partner, secret: str, idempotency_key: str, body: Any) -> Ticket:
    """Raises Refused for an Idempotency-Key that is empty, longer than 255 characters, or not printable ASCII."""
    if not 0 < len(idempotency_key) <= LONGEST or not (idempotency_key.isascii() and idempotency_key.isprintable()):
        raise Refused(f"An Idempotency-Key is 1 to {LONGEST} printable ASCII characters.")
    raw = idempotency_key.encode()
    derived = HKDF(algorithm=SHA256(), length=64, salt=raw, info=b"askpeer idempotency").derive(secret.encode())
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"idempotency\0" + raw, "sha256")
    plain = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return Ticket(partner, digest, hmac.digest(derived[32:], plain, "sha256"), derived[:32])


def once(asked: Ticket, *, now: datetime, act: Callable[[], tuple[Question, dict[str, Any]]]) -> Answered:
    """Do the act and keep its answer, or give the question and answer kept from the first time.

    Raises Reused, and whatever the act raises; nothing is kept then, so the request can be repeated.
    """
    kept = _find(asked, now=now)
    return kept or first(asked, now=now, act=act)


def first(asked: Ticket, *, now: datetime, act: Callable[[], tuple[Question, dict[str, Any]]]) -> Answered:
    """once() for a request that has found no record: whose insert comes second gets the first one's answer."""
    try:
        with transaction.atomic():
            question, answer = act()
            _keep(asked, question, answer, now=now)
    except IntegrityError:
        # The same request twice at once: the unique row let one in, and the other's question is undone with its own.
        kept = _find(asked, now=now)
        if kept is None:
            raise
        return kept
    return Answered(question, answer, replayed=False)


def _keep(asked: Ticket, question: Question, answer: dict[str, Any], *, now: datetime) -> None:
    # What is past its time and not yet purged would keep the place of this one.
    _of(asked).filter(made_at__lte=now - settings.IDEMPOTENCY_KEPT).delete()
    sealed = vault.seal(json.dumps(answer), key=asked.key, place=asked.place)
    IdempotencyRecord.objects.create(
        partner=asked.partner,
        digest=asked.digest,
        body_digest=asked.body_digest,
        sealed=sealed,
        question=question,
        made_at=now,
    )


def _of(asked: Ticket) -> QuerySet[IdempotencyRecord]:
    return IdempotencyRecord.objects.filter(partner=asked.partner, digest=asked.digest)


def _find(asked: Ticket, *, now: datetime) -> Answered | None:
    row = _of(asked).filter(made_at__gt=now - settings.IDEMPOTENCY_KEPT).select_related("question").first()
    if row is None:
        return None
    if not hmac.compare_digest(bytes(row.body_digest), asked.body_digest):
        raise Reused
    answer = json.loads(vault.unseal(bytes(row.sealed), key=asked.key, place=asked.place))
    return Answered(row.question, answer, replayed=True)
