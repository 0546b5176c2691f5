"""Re-wraps every keeper's key under the key-encryption key in use, while the service runs.

Compare-and-set, row by row: a key that was erased or re-wrapped meanwhile is left as it is. A killed run loses
nothing; the next one goes on where rows still need it.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from askpeer import vault
from askpeer.fields import KeyKeeper

BATCH = 500


def keepers() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, KeyKeeper)]


def rotate() -> dict[str, int]:
    """Re-wrap what is not under the key in use; return how many rows of each table were. Raises vault.Unreadable."""
    return {model._meta.db_table: sum(_rewrap(model, pk, old) for pk, old in _outdated(model)) for model in keepers()}


def waiting() -> dict[str, int]:
    """How many rows of each table still need an older key-encryption key: 0 everywhere before one is retired."""
    return {model._meta.db_table: sum(1 for _ in _outdated(model)) for model in keepers()}


def _outdated(model: type[models.Model]) -> Iterator[tuple[object, bytes]]:
    kept = model._default_manager.filter(wrapped_key__isnull=False).order_by("pk")
    last = None
    while True:
        batch = list((kept.filter(pk__gt=last) if last else kept).values_list("pk", "wrapped_key")[:BATCH])
        for pk, wrapped in batch:
            if vault.kek_of(bytes(wrapped)) != vault.current_kek():
                yield pk, bytes(wrapped)
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _rewrap(model: type[models.Model], pk: object, old: bytes) -> int:
    place = (model._meta.db_table, str(pk))
    new = vault.wrap(vault.unwrap(old, keeper=place), keeper=place)
    return model._default_manager.filter(pk=pk, wrapped_key=old).update(wrapped_key=new)
