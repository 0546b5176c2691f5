"""The append-only trail, and its seal: a hash chain over batches, with its head kept outside the database.

One entry at a time chained to "the last row" forks under concurrency, so entries are written unchained and one task
seals them in batches; the unique number of a seal lets only one sealer win.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from askpeer.models import TrailEntry, TrailSeal

BATCH = 1000
RESTORED = "restored"
HEAD_LINE = rf"^(?:{RESTORED} (\d+)|(\d+) ([0-9a-f]{{64}}))$"
SETTLE = timedelta(seconds=60)  # an entry younger than this may belong to a transaction not yet committed


def record(*, subject: str, kind: str, actor: str, now: datetime, facts: dict[str, Any] | None = None) -> None:
    """Append one entry in the caller's transaction. facts: codes, numbers, ids; never what a person wrote."""
    TrailEntry.objects.create(subject=subject, kind=kind, actor=actor, at=now, facts=facts or {})


def of(subject: str) -> list[TrailEntry]:
    return list(TrailEntry.objects.filter(subject=subject))


def _line(entry: TrailEntry) -> bytes:
    fields = [entry.pk, entry.subject, entry.kind, entry.actor, entry.at.isoformat(), entry.facts]
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _digest(before: bytes, entries: list[TrailEntry]) -> bytes:
    chain = hashlib.sha256(before)
    for entry in entries:
        chain.update(_line(entry))
    return chain.digest()


def seal(*, now: datetime) -> int:
    """Seal one batch of settled entries; return how many. Two at once: one seals, the other seals nothing."""
    try:
        with transaction.atomic():
            sealed = _seal_batch(now)
    except IntegrityError:
        return 0
    if sealed is None:
        return 0
    _keep_head(sealed)
    return sealed.count


def _seal_batch(now: datetime) -> TrailSeal | None:
    entries = list(TrailEntry.objects.filter(seal=None, at__lte=now - SETTLE).order_by("pk")[:BATCH])
    if not entries:
        return None
    last = TrailSeal.objects.order_by("-number").first()
    before = bytes(last.digest) if last else b""
    link = TrailSeal.objects.create(
        number=last.number + 1 if last else 1, count=len(entries), digest=_digest(before, entries), at=now
    )
    for place, entry in enumerate(entries):
        entry.seal, entry.place = link, place
    TrailEntry.objects.bulk_update(entries, ["seal", "place"], batch_size=200)
    return link


def head_file() -> Path:
    return settings.LEDGER.with_name("history-head.txt")


def note_restore() -> int:
    """Write down that a backup was brought back on purpose; return the seal that the trail goes on from, 0 for none."""
    last = TrailSeal.objects.order_by("-number").first()
    number = last.number if last else 0
    _append(f"{RESTORED} {number}")
    return number


def _keep_head(link: TrailSeal) -> None:
    _append(f"{link.number} {bytes(link.digest).hex()}")


def _append(line: str) -> None:
    head_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(head_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def verify() -> list[str]:
    """What is wrong with the trail, a sentence each; empty when every link and the kept head hold."""
    return [*_broken_links(), *_broken_head()]


def _broken_links() -> Iterator[str]:
    before = b""
    for expected, link in enumerate(TrailSeal.objects.order_by("number").iterator(), start=1):
        entries = list(link.entries.order_by("place"))
        if link.number != expected:
            yield f"Seal {expected} is missing."
            return
        if [entry.place for entry in entries] != list(range(link.count)):
            yield f"Seal {link.number} covers {link.count} entries, and {len(entries)} of them are there."
        elif _digest(before, entries) != bytes(link.digest):
            yield f"Seal {link.number} does not match its entries: one was altered or moved."
        before = bytes(link.digest)


def _broken_head() -> Iterator[str]:
    if not head_file().exists():
        return
    kept: dict[int, str] = {}
    # A line that a crash cut short is passed over: its seal is covered by the line before it or after it.
    for restored, number, digest in re.findall(HEAD_LINE, head_file().read_text(), re.MULTILINE):
        if restored:
            kept = {earlier: kept[earlier] for earlier in kept if earlier <= int(restored)}
        elif kept.setdefault(int(number), digest) != digest:
            yield f"The trail was cut: {head_file().name} has two seals {number}."
            return
    # The chain covers all before it, so the newest says enough.
    for number in sorted(kept)[-1:]:
        link = TrailSeal.objects.filter(number=number).first()
        if link is None:
            yield f"The trail was cut: seal {number} is in {head_file().name} and not in the database."
        elif bytes(link.digest).hex() != kept[number]:
            yield f"Seal {number} is not the one in {head_file().name}: the chain was written anew."
