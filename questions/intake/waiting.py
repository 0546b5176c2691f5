"""What was typed, while it waits: one row, sealed under a key that only the asker's cookie holds.

The same row answers a double POST (the question is made once) and then shows the six words until "I've saved it".
"""

import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from askpeer import vault
from askpeer.errors import Refused
from questions.intake import asking, promising
from questions.intake.models import LeftDraft, WaitingDraft
from questions.partners import looks

KEPT = timedelta(minutes=60)
SHOWN = ("age_band", "nation", "about_staff", "about_lead", "language")  # what the pages after sending need
QUICKEST = timedelta(seconds=3)  # nobody fills three pages faster


class Gone(Refused):
    """The draft ran out, was sent and saved, or was left."""

    def __init__(self) -> None:
        super().__init__(_("This page waited too long, and what it kept was erased. Please start again."))


@dataclass
class Draft:
    """An unfinished question. kept holds what was typed, and after sending only what the next pages show."""

    row: WaitingDraft
    key: str = field(repr=False)
    kept: dict[str, Any] = field(repr=False)

    @property
    def is_sent(self) -> bool:
        return self.row.question_id is not None

    @property
    def promised_at(self) -> datetime:
        return self.row.promised_at

    @property
    def shown_at(self) -> datetime:
        return datetime.fromisoformat(self.kept["shown_at"])

    @property
    def came(self) -> looks.Arrival:
        """By whose button its writer came."""
        return looks.Arrival(*self.kept.get("came", ()))

    @property
    def clean_labels(self) -> bool:
        """Whether topics stand there under their clean labels: for somebody of 11 or 12, or as a partner has it."""
        return self.kept.get("age_band") == "11-12" or self.came.is_clean

    @property
    def has_about(self) -> bool:
        return "age_band" in self.kept

    @property
    def has_begun(self) -> bool:
        """Whether a first page was shown to its writer, and not the words alone kept of one that ran out."""
        return self.has_about or "typed_about" in self.kept

    @property
    def has_words(self) -> bool:
        return any(self.kept.get(name) for name in ("text", "cards", "timeline", "typed_words"))


def _digest(key: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"waiting\0" + key.encode(), "sha256")


def _sealing_key(key: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"askpeer waiting draft").derive(key.encode())


def _place(digest: bytes) -> tuple[str, ...]:
    return ("intake_waitingdraft", "sealed", digest.hex())


def _seal(key: str, kept: dict[str, Any]) -> bytes:
    return vault.seal(json.dumps(kept), key=_sealing_key(key), place=_place(_digest(key)))


def find(key: str, *, now: datetime) -> Draft | None:
    """The draft this cookie opens, or None; one that was tampered with is as good as gone."""
    if not key:
        return None
    row = WaitingDraft.objects.filter(digest=_digest(key), expires_at__gt=now).first()
    return _opened(row, key) if row else None


def _opened(row: WaitingDraft, key: str) -> Draft | None:
    try:
        opened = vault.unseal(bytes(row.sealed), key=_sealing_key(key), place=_place(bytes(row.digest)))
    except vault.Unreadable:
        return None
    return Draft(row, key, json.loads(opened))


def start(*, kept: dict[str, Any], promised_at: datetime, shown_at: datetime, now: datetime) -> Draft:
    """Begin a draft with the promise that was shown, and when."""
    key = secrets.token_urlsafe(32)
    kept = {"begun_at": shown_at.isoformat()} | kept | {"shown_at": shown_at.isoformat()}
    row = WaitingDraft(digest=_digest(key), sealed=_seal(key, kept), promised_at=promised_at, expires_at=now + KEPT)
    row.save()
    return Draft(row, key, kept)


def keep(draft: Draft, changes: dict[str, Any], *, now: datetime) -> None:
    """Write down what was typed and keep it 60 minutes from now. Raises Gone when it was sent or left meanwhile."""
    kept = draft.kept | changes
    changed = {"sealed": _seal(draft.key, kept), "promised_at": draft.promised_at, "expires_at": now + KEPT}
    if not WaitingDraft.objects.filter(pk=draft.row.pk, question=None).update(**changed):
        raise Gone
    draft.kept = kept


def renew_promise(draft: Draft, *, now: datetime) -> None:
    """A promise shown holds for 60 minutes; after that the page shows, and keeps, a new one. Raises Gone."""
    if now - draft.shown_at <= KEPT:
        return
    draft.row.promised_at = promising.promise(now)
    keep(draft, {"shown_at": now.isoformat()}, now=now)


def is_hasty(draft: Draft, *, now: datetime) -> bool:
    """Whether this was sent faster than a person can: kept apart for a supervisor to look at, never thrown away."""
    return now - datetime.fromisoformat(draft.kept["begun_at"]) < QUICKEST


@transaction.atomic
def send(draft: Draft, *, email: str, language: str, quarantined: bool, now: datetime) -> Draft:
    """Make the question, once: the second of two sends finds the first one's. Raises Refused, Gone."""
    row = WaitingDraft.objects.select_for_update().filter(pk=draft.row.pk, expires_at__gt=now).first()
    # Read again under the lock: another page may just have kept other words, and those are what is sent.
    fresh = _opened(row, draft.key) if row else None
    if fresh is None:
        raise Gone
    if not fresh.is_sent:
        asked = _ask(fresh, email=email, language=language, quarantined=quarantined, now=now)
        _mark_sent(fresh, asked, has_email=bool(email), now=now)
    sent = find(draft.key, now=now)
    if sent is None:
        raise Gone
    return sent


def _ask(draft: Draft, *, email: str, language: str, quarantined: bool, now: datetime) -> asking.Asked:
    kept, partner = draft.kept, looks.known(draft.came.slug)
    return asking.ask(
        text=kept.get("text", ""),
        cards=kept.get("cards", []),
        timeline=kept.get("timeline", []),
        topic=kept.get("topic") or None,
        age_band=kept["age_band"],
        nation=kept["nation"],
        wants=kept["wants"],
        writer=kept["writer"],
        may_know_advisor=kept["may_know_advisor"],
        about_staff=kept["about_staff"],
        about_lead=kept.get("about_lead", False),
        email=email,
        language=language,
        partner=partner,
        by_button=partner is not None,
        promised_at=draft.promised_at,
        quarantined=quarantined or bool(kept.get("trapped")) or is_hasty(draft, now=now),
        now=now,
    )


def _mark_sent(draft: Draft, asked: asking.Asked, *, has_email: bool, now: datetime) -> None:
    shown = {name: draft.kept.get(name, "") for name in SHOWN}
    kept = shown | {"receipt": asked.receipt, "level": asked.level, "has_email": has_email}
    waiting = WaitingDraft.objects.filter(pk=draft.row.pk, question=None)
    # Two sends that both read "not sent yet": only one UPDATE counts, the other rolls its question back.
    if not waiting.update(question=asked.question, sealed=_seal(draft.key, kept), expires_at=now + KEPT):
        raise Gone


@transaction.atomic
def leave(key: str, *, now: datetime) -> None:
    """Delete the draft, sent or not; the question stays. What comes late from an open window starts none anew."""
    row = WaitingDraft.objects.filter(digest=_digest(key)).first() if key else None
    if row is None:
        return
    LeftDraft.objects.get_or_create(
        digest=bytes(row.digest), defaults={"was_sent": row.question_id is not None, "expires_at": now + KEPT}
    )
    row.delete()


def left(key: str, *, now: datetime) -> LeftDraft | None:
    """The mark of a draft that was left within the hour."""
    return LeftDraft.objects.filter(digest=_digest(key), expires_at__gt=now).first() if key else None
