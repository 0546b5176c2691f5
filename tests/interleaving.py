"""Two acts, one in the middle of the other: what a race may do, without chance."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def before(verb: str, table: str, act: Callable[[], object], *, nth: int = 1) -> Iterator[None]:
    """Run act once, right before the nth statement of this verb, e.g. SELECT, that names the table; "" is any."""
    met = 0

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal met
        if sql.startswith(verb) and (not table or f'"{table}"' in sql):
            met += 1
            if met == nth:
                act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert met >= nth
