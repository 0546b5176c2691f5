"""A partner's keys and webhooks, as the manager sets them. Each secret is kept for whoever made it to copy."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from advisors.managing import once
from advisors.managing.partners import check, locked, mark_of_keys, record
from advisors.models import Person
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.partners import ending, hooks, keys, logbook
from questions.partners.models import Hook, Partner, PartnerKey

MADE = "A key was made a moment ago. Look at the keys as they are now before you make another."
REMOVED = "This webhook was removed already."
ENDED = "This partner has ended. Take it up again first."


@transaction.atomic
def make_key(
    *, partner: Partner, scopes: Collection[str], expires: datetime | None, seen: str, by: Person, now: datetime
) -> None:
    """A key beside those whose mark was seen. Raises Refused, Stale."""
    row = _active(partner, by)
    if mark_of_keys(row) != seen:
        raise Stale(MADE)
    secret = keys.issue(partner=row, scopes=scopes, now=now, expires=expires)
    made = row.keys.get(digest=keys.digest(secret))
    once.keep(by=by, partner=row, secret=secret, key=made, now=now)
    record(row, "key made", by, now, {"key": str(made.pk), "scopes": made.scopes})


@transaction.atomic
def revoke_key(*, key: PartnerKey, by: Person, now: datetime) -> None:
    """End a key. Raises Refused, Stale when it was revoked already."""
    check(by)
    if not PartnerKey.objects.select_for_update().filter(pk=key.pk, revoked_at=None).exists():
        raise Stale("This key was revoked already.")
    keys.revoke(key=key, now=now)
    once.drop(partner_key=key)
    record(key.partner, "key revoked", by, now, {"key": str(key.pk)})


@transaction.atomic
def add_hook(*, partner: Partner, url: str, by: Person, now: datetime) -> None:
    """Tell it of changes at this address. Raises Refused."""
    row = _active(partner, by)
    secret = hooks.add(partner=row, url=url, now=now)
    added = row.hooks.get(url=url)
    once.keep(by=by, partner=row, secret=secret, hook=added, now=now)
    record(row, "webhook added", by, now, {"hook": str(added.pk)})


@transaction.atomic
def remove_hook(*, hook: Hook, by: Person, now: datetime) -> bool:
    """End a hook; False where it could only be paused for now. Raises Refused, Stale when it was removed already."""
    # The partner's row first, as whoever changes the secret has it: their new secret to copy would hang on a hook that
    # is gone, and the ledger would have its line already when the commit says so.
    row = locked(hook.partner, by)
    if not row.hooks.filter(pk=hook.pk).exists():
        raise Stale(REMOVED)
    is_gone = ending.remove_hook(hook, now=now)
    record(row, "webhook removed" if is_gone else "webhook paused", by, now, {"hook": str(hook.pk)})
    return is_gone


@transaction.atomic
def change_secret(*, hook: Hook, seen: str, by: Person, now: datetime) -> None:
    """A new secret for a hook in place of the one whose mark was seen. Raises Refused, Stale."""
    row = _active(hook.partner, by)
    present = Hook.objects.filter(pk=hook.pk).first()
    if present is None or hooks.mark(present) != seen:
        raise Stale(hooks.CHANGED)
    secret = hooks.rotate(hook=present, now=now)
    once.drop(hook=present)
    once.keep(by=by, partner=row, secret=secret, hook=present, now=now)
    record(row, "secret changed", by, now, {"hook": str(hook.pk)})


@transaction.atomic
def end_former(*, hook: Hook, by: Person, now: datetime) -> None:
    """Let the old secrets of a hook as it was seen sign no more. Raises Refused, Stale."""
    locked(hook.partner, by)
    hooks.end_former(hook=hook)
    record(hook.partner, "former secret ended", by, now, {"hook": str(hook.pk)})


@transaction.atomic
def resume(*, hook: Hook, by: Person, now: datetime) -> None:
    """Raises Refused, Stale when it is not paused."""
    _active(hook.partner, by)
    hooks.resume(hook=hook)
    record(hook.partner, "webhook resumed", by, now, {"hook": str(hook.pk)})


@transaction.atomic
def send_again(*, hook: Hook, row: OutboxRow, by: Person, now: datetime) -> None:
    """Raises Refused, Stale when the row is not as it was seen."""
    check(by)
    logbook.send_again(hook=hook, row=row, now=now)
    record(hook.partner, "webhook sent again", by, now, {"hook": str(hook.pk), "row": row.pk})


def _active(partner: Partner, by: Person) -> Partner:
    row = locked(partner, by)
    if not row.active:
        raise Refused(ENDED)
    return row
