"""Re-wraps every keeper's key under the key-encryption key in use, while the service runs.

Compare-and-set, row by row: a key that was erased or re-wrapped meanwhile is left as it is. A killed run loses
nothing; the next one goes on where rows still need it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

from django.apps import apps
from django.db import OperationalError, models

from askpeer import vault
from askpeer.fields import KeyKeeper

BATCH = 500
SAMPLE = 5
MORE_TRIES = 4  # each waits as long as the database lets it, 20 seconds on SQLite


def keepers() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, KeyKeeper)]


def rotate() -> dict[str, int]:
    """Re-wrap what is not under the key in use; return how many rows of each table were. See unreadable()."""
    return {model._meta.db_table: sum(_rewrap(model, pk, old) for pk, old in _outdated(model)) for model in keepers()}


def waiting() -> dict[str, int]:
    """How many rows of each table still need an older key-encryption key: 0 everywhere before one is retired."""
    return {model._meta.db_table: sum(1 for _ in _outdated(model)) for model in keepers()}


def unreadable() -> list[str]:
    """The table and id of every row whose key still needs another one than that in use, and opens with none."""
    return [
        f"{model._meta.db_table}:{pk}"
        for model in keepers()
        for pk, old in _outdated(model)
        if _open(model, pk, old) is None
    ]


def unopened() -> list[str]:
    """The names of key-encryption keys that rows need and that are not in the ring, or are other keys there."""
    return sorted({name for model in keepers() for name, opens in _in_use(model) if not opens})


def _in_use(model: type[models.Model]) -> Iterator[tuple[str, bool]]:
    """Each name of a key-encryption key in a table, and whether it opens one of its first rows: one may be damaged."""
    # A wrapped key begins with its version and the length of the name, which is 1 to 16.
    rest = model._default_manager.filter(wrapped_key__gte=b"\x01\x01", wrapped_key__lt=b"\x01\x11")
    while (found := rest.values_list("wrapped_key", flat=True).first()) is not None:
        start = bytes(found)[: 2 + bytes(found)[1]]
        under_it = {"wrapped_key__gte": start, "wrapped_key__lte": start + b"\xff" * vault.AFTER_NAME}
        rows = rest.filter(**under_it).values_list("pk", "wrapped_key")[:SAMPLE]
        yield start[2:].decode("ascii", "replace"), any(_open(model, pk, bytes(old)) for pk, old in rows)
        rest = rest.exclude(**under_it)


def _open(model: type[models.Model], pk: object, wrapped: bytes) -> bytes | None:
    with suppress(vault.Unreadable):
        return vault.unwrap(wrapped, keeper=(model._meta.db_table, str(pk)))
    return None


def _outdated(model: type[models.Model]) -> Iterator[tuple[object, bytes]]:
    kept = model._default_manager.filter(wrapped_key__isnull=False).order_by("pk")
    last = None
    while True:
        batch = list((kept.filter(pk__gt=last) if last else kept).values_list("pk", "wrapped_key")[:BATCH])
        for pk, wrapped in batch:
            if not _is_current(bytes(wrapped)):
                yield pk, bytes(wrapped)
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _is_current(wrapped: bytes) -> bool:
    with suppress(vault.Unreadable):
        return vault.kek_of(wrapped) == vault.current_kek()
    return False


def _rewrap(model: type[models.Model], pk: object, old: bytes) -> int:
    """How many rows were: none when the key does not open, which must not keep the others from their turn."""
    key = _open(model, pk, old)
    if key is None:
        return 0
    new = vault.wrap(key, keeper=(model._meta.db_table, str(pk)))
    return _patiently(lambda: model._default_manager.filter(pk=pk, wrapped_key=old).update(wrapped_key=new))


def _patiently(act: Callable[[], int]) -> int:
    """Many writers may keep SQLite's lock from us for longer than it waits; by asking again nothing is lost."""
    for _ in range(MORE_TRIES):
        with suppress(OperationalError):
            return act()
    return act()
