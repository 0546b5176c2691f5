"""The ledger of erasures: a file outside the database and its backups, one line each, on disk before the commit.

A backup brought back would bring erased questions back too; the ledger says which, `restore` erases them again, and
the service refuses to serve until that is done (questions/checks.py).
"""

import re
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from askpeer import appending, heads
from askpeer.errors import Refused
from askpeer.models import TrailSeal

LINE = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d) (\S+)\n$")


def record(subject: str, *, now: datetime) -> None:
    """Append a subject, e.g. question:<id>, and wait until the disk has it. Raises OSError: then nothing is erased.

    A new service has its ledger from the first line on. Where the trail has a seal and there is no ledger, it was lost.
    """
    if not exists() and not TrailSeal.objects.exists():
        begin()
    appending.append(settings.LEDGER, f"{now.isoformat()} {subject}")


def record_all(subjects: Collection[str], *, now: datetime) -> int:
    """Append each of these; return how many. Raises OSError."""
    for subject in subjects:
        record(subject, now=now)
    return len(subjects)


@contextmanager
def refusing() -> Iterator[None]:
    """For an act that a person asked for: a ledger that cannot be written is a sentence, and undoes the act."""
    try:
        yield
    except OSError:
        raise Refused(
            _("We couldn't erase it just now. Nothing has changed. Please try again in a few minutes.")
        ) from None


def begin() -> None:
    """Have the ledger and the trail's head there from the first seal on: that one is absent then means its loss."""
    appending.begin(settings.LEDGER)
    appending.begin(heads.path())


def exists() -> bool:
    return settings.LEDGER.is_file()


def is_lost() -> bool:
    """Whether one of the two files is gone."""
    return not (exists() and heads.path().is_file())


def subjects() -> set[str]:
    """Everything ever erased. A line cut short by a crash is no subject, and its erasure was never committed."""
    return {subject for at, subject in _lines()}


def named(prefix: str) -> list[str]:
    """What stands behind this prefix, once each, e.g. the ids of "question:"."""
    return sorted(moments(prefix))


def moments(prefix: str) -> dict[str, set[datetime]]:
    """{the id behind this prefix: when it was written}. What is no id is passed over, see unreadable()."""
    found: dict[str, set[datetime]] = {}
    for at, subject in _lines():
        name = subject.removeprefix(prefix)
        if subject.startswith(prefix) and _is_id(name):
            found.setdefault(name, set()).add(at)
    return found


def unreadable() -> list[int]:
    """The numbers of the whole lines, from 1, whose moment or id is none; a line cut short is not among them."""
    return [number for number, at, subject in _numbered() if at is None or not _is_id(subject.partition(":")[2])]


def _is_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


def _lines() -> Iterator[tuple[datetime, str]]:
    return ((at, subject) for number, at, subject in _numbered() if at is not None)


def _numbered() -> Iterator[tuple[int, datetime | None, str]]:
    if not exists():
        return
    with settings.LEDGER.open(errors="replace") as file:
        for number, line in enumerate(file, start=1):
            # At its end, since a line cut short has the next one's beginning right behind it.
            if found := LINE.search(line):
                yield number, _moment(found[1]), found[2]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
