"""Small tables that every page needs, read at most once in 30 seconds by each process."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
KEPT_SECONDS = 30
_kept: dict[str, tuple[float, Any]] = {}


def value(name: str, read: Callable[[], T]) -> T:
    """What read() returned under this name not long ago, else what it returns now."""
    kept = _kept.get(name)
    if kept is None or time.monotonic() > kept[0]:
        kept = _kept[name] = (time.monotonic() + KEPT_SECONDS, read())
    return kept[1]


def forget(**signal: object) -> None:
    """Read everything anew at the next use; called whenever one of the rows changes in this process."""
    _kept.clear()
