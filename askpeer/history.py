"""The append-only trail, and its seal: a hash chain over batches, with its head kept outside the database.

One entry at a time chained to "the last row" forks under concurrency, so entries are written unchained and one task
seals them in batches; the unique number of a seal lets only one sealer win.

verify() finds what was altered, deleted, exchanged, slipped in or cut off after it was sealed, by comparing with the
head (askpeer/heads.py). It cannot find an entry that was deleted before it was sealed, in its first minute, or one that
somebody with the database's password added, dated as they like, for the next sealer to seal. So it complains where
sealing stands still.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from askpeer import heads, ledger
from askpeer.heads import Head
from askpeer.models import TrailEntry, TrailSeal

BATCH = 1000
SETTLE = timedelta(seconds=60)  # an entry younger than this may belong to a transaction not yet committed
STANDS_STILL = timedelta(hours=1)  # sealing runs every minute


def record(*, subject: str, kind: str, actor: str, now: datetime, facts: dict[str, Any] | None = None) -> None:
    """Append one entry in the caller's transaction. facts: codes, numbers, ids; never what a person wrote."""
    TrailEntry.objects.create(subject=subject, kind=kind, actor=actor, at=now, facts=facts or {})


def of(subject: str) -> list[TrailEntry]:
    return list(TrailEntry.objects.filter(subject=subject))


def _line(*fields: Any) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _digest(before: bytes, link: TrailSeal, entries: list[TrailEntry]) -> bytes:
    chain = hashlib.sha256(before)
    chain.update(_line(link.number, link.count, link.at.astimezone(UTC).isoformat()))
    for entry in entries:
        chain.update(_line(entry.pk, entry.subject, entry.kind, entry.actor, entry.at.isoformat(), entry.facts))
    return chain.digest()


def seal(*, now: datetime) -> int:
    """Seal one batch of settled entries; return how many. Two at once: one seals, the other seals nothing.

    Raises OSError where the head cannot be written, or is gone: then nothing is sealed, and the next start says so.
    """
    _finish_last()
    try:
        with transaction.atomic():
            sealed = _seal_batch(now)
    except IntegrityError:
        return 0
    if sealed is None:
        return 0
    heads.note(heads.SEALED, _head_of(sealed))
    return sealed.count


def _seal_batch(now: datetime) -> TrailSeal | None:
    # The last seal first: whoever seals between the two reads takes the number, not entries that both then have.
    last = TrailSeal.objects.order_by("-number").first()
    entries = list(TrailEntry.objects.filter(seal=None, at__lte=now - SETTLE).order_by("pk")[:BATCH])
    if not entries:
        return None
    link = TrailSeal(number=last.number + 1 if last else 1, count=len(entries), at=now)
    link.digest = _digest(bytes(last.digest) if last else b"", link, entries)
    link.save(force_insert=True)
    for place, entry in enumerate(entries):
        entry.seal, entry.place = link, place
    TrailEntry.objects.bulk_update(entries, ["seal", "place"], batch_size=200)
    if last is None:
        ledger.begin()
    # Before the commit: a seal in the database is in the file, so a file that was deleted or cut is missed.
    heads.note(heads.SEALING, _head_of(link))
    return link


def _finish_last() -> None:
    """A sealer that was killed after its commit left its line unfinished: finish it."""
    last = heads.last()
    if last and last.kind == heads.SEALING and _is_kept(last.head):
        heads.note(heads.SEALED, last.head)


def _head_of(link: TrailSeal | None) -> Head:
    return Head(link.number, bytes(link.digest).hex()) if link else heads.NOTHING


def _newest() -> Head:
    return _head_of(TrailSeal.objects.order_by("-number").first())


def _is_kept(head: Head) -> bool:
    return head == heads.NOTHING or _head_of(TrailSeal.objects.filter(number=head.number).first()) == head


def note_restore(*, now: datetime, anew: bool = False) -> int:
    """Write down that a backup was brought back on purpose; return the seal that the trail goes on from, 0 for none.

    anew says that the head itself was lost and begins here. The trail has it too: it is part of what is sealed next.
    """
    head = _newest()
    if anew:
        ledger.begin()
    heads.note(heads.BEGUN if anew else heads.RESTORED, head, now=now)
    record(subject="trail", kind="begun" if anew else "restored", actor="service", now=now, facts={"seal": head.number})
    return head.number


def verify(*, now: datetime) -> list[str]:
    """What is wrong with the trail, a sentence each; empty when every link and the kept head hold."""
    return [*_broken_links(), *_broken_head(), *_unsealed(now), *_not_counted(now)]


def head_holds() -> bool:
    """Whether the head that is kept outside and the newest seal agree."""
    return not any(_broken_head())


def _broken_links() -> Iterator[str]:
    before = b""
    for expected, link in enumerate(TrailSeal.objects.order_by("number").iterator(), start=1):
        entries = list(link.entries.order_by("place"))
        if link.number != expected:
            yield f"Seal {expected} is missing."
            return
        if [entry.place for entry in entries] != list(range(link.count)):
            yield f"Seal {link.number} covers {link.count} entries, and {len(entries)} of them are there."
        elif _digest(before, link, entries) != bytes(link.digest):
            yield f"Seal {link.number} does not match its entries: one was altered or moved."
        before = bytes(link.digest)


def _broken_head() -> Iterator[str]:
    newest = _newest()  # read before the file, which has every seal before the database does
    try:
        found = heads.read()
    except heads.Broken as problem:
        yield str(problem)
        return
    # The chain covers all before it, so the newest says enough.
    if not _is_kept(found.sealed):
        yield from _not_kept(found.sealed)
    elif newest.number > found.sealed.number and newest not in found.sealing:
        yield f"Seal {newest.number} is not in {heads.path().name}: lines of that file are missing."


def _not_kept(head: Head) -> Iterator[str]:
    if TrailSeal.objects.filter(number=head.number).exists():
        yield f"Seal {head.number} is not the one in {heads.path().name}: the chain was written anew."
    else:
        yield f"The trail was cut: seal {head.number} is in {heads.path().name} and not in the database."


def _unsealed(now: datetime) -> Iterator[str]:
    # A seal dated farther ahead was made by a clock gone wrong, and says nothing of today.
    lately = TrailSeal.objects.filter(at__gt=now - STANDS_STILL, at__lt=now + STANDS_STILL)
    if not lately.exists() and (waiting := TrailEntry.objects.filter(seal=None, at__lte=now - STANDS_STILL).count()):
        yield f"Sealing stands still: {waiting} entries older than an hour have no seal, and could be deleted unseen."


def _not_counted(now: datetime) -> Iterator[str]:
    """What no seal covers, nor ever will: nothing of ours is dated ahead, or has a seal that is not there."""
    seals = TrailSeal.objects.filter(pk=OuterRef("seal_id"))
    if stray := TrailEntry.objects.filter(~Exists(seals), seal__isnull=False).count():
        yield f"{stray} entries say they are under a seal that does not exist."
    if ahead := TrailEntry.objects.filter(seal=None, at__gt=now + STANDS_STILL).count():
        yield f"{ahead} entries without a seal are dated more than an hour ahead."
