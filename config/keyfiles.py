"""Secrets that the embedded default makes for itself: files of mode 0600, made once, outside every backup."""

import os
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept(folder: Path, name: str, make: str, *, beside: Path) -> str:
    """Return the secret called name; the first process to ask keeps make, every other one reads what it kept.

    None is made for a database, the file beside, that has begun already: another key would not open it. Raises
    ImproperlyConfigured.
    """
    path = folder / name
    # Looked at first: whoever began the database has kept the secret before.
    has_begun = beside.exists() and beside.stat().st_size > 0
    if not path.exists():
        if has_begun:
            raise ImproperlyConfigured(
                f"{path} is gone, and {beside.name} is not a new database. Bring the secret back from its copy."
            )
        _keep(path, make)
    return path.read_text()


def _keep(path: Path, value: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)  # mkstemp's mode is 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    # A link appears whole or not at all, so that web, worker and beat, starting at once, agree on one secret.
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(unfinished)
