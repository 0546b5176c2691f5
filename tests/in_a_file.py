"""SQLite as it is in a service: a file, in which two requests at once wait for each other.

In memory all threads share one connection, on which they trip over each other. PostgreSQL is as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections


@contextmanager
def database_in_a_file(path: Path) -> Iterator[None]:
    """Work on a copy of the tests' database in this file."""
    if connection.vendor != "sqlite":
        yield
        return
    in_memory, values = connections["default"], connections.settings["default"]
    name = values["NAME"]
    in_memory.ensure_connection()
    with sqlite3.connect(path) as copy:
        in_memory.connection.backup(copy)
    copy.close()
    values["NAME"] = str(path)
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    values["NAME"], connections["default"] = name, in_memory
