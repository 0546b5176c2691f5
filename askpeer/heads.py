"""The trail's head, kept in a file beside the ledger: a line for each seal, and for each backup brought back.

A line is kind | number | digest of that seal | moment or "-" | HMAC-SHA256 of all that under the receipts' pepper, so
that nobody without the pepper writes one. `sealing` stands in the file before a seal's commit, `sealed` after it: of a
sealer killed in between it is known that the seal may be there. A line that a crash cut short is passed over.
"""

import hmac
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from askpeer import appending

SEALING, SEALED, RESTORED, BEGUN = "sealing", "sealed", "restored", "begun"
LINE = re.compile(rf"({SEALING}|{SEALED}|{RESTORED}|{BEGUN}) (\d+) ([0-9a-f]{{64}}|-) \S+ [0-9a-f]{{64}}$")
TAIL = 4096  # bytes, more than two lines


class Head(NamedTuple):
    """A seal's number and its digest in hex; the chain covers all before it."""

    number: int
    digest: str


class Line(NamedTuple):
    kind: str
    head: Head


class Found(NamedTuple):
    """The newest seal that is certain, and those after it that a killed sealer may have left."""

    sealed: Head
    sealing: frozenset[Head]


class Broken(Exception):
    """The file contradicts itself; the message says how."""


NOTHING = Head(0, "-")


def path() -> Path:
    return settings.LEDGER.with_name("history-head.txt")


def note(kind: str, head: Head, *, now: datetime | None = None) -> None:
    """Append a line and wait until the disk has it. Raises OSError."""
    said = f"{kind} {head.number} {head.digest} {now.isoformat() if now else '-'}"
    appending.append(path(), f"{said} {_mac(said)}")


def _mac(said: str) -> str:
    return hmac.digest(settings.RECEIPT_PEPPER, b"history head\0" + said.encode(), "sha256").hex()


def _parse(text: str) -> Line | None:
    """None for a line cut short, and for one that was not written here."""
    # Searched for, not matched: a line cut short has the next one's beginning right behind it.
    found = LINE.search(text.rstrip("\n"))
    if not found:
        return None
    said, _, mac = found[0].rpartition(" ")
    return Line(found[1], Head(int(found[2]), found[3])) if hmac.compare_digest(_mac(said), mac) else None


def last() -> Line | None:
    """The last whole line, or None."""
    return next(filter(None, map(_parse, reversed(_tail()))), None)


def is_anothers() -> bool:
    """Whether its newest lines are whole, and not one was written under the pepper in use."""
    return last() is None and any(map(LINE.search, _tail()))


def _tail() -> list[str]:
    if not path().exists():
        return []
    with path().open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        return file.read().decode(errors="replace").splitlines()


def read() -> Found:
    """What the file says. Raises Broken. A year of lines is read one by one, not kept."""
    sealed, known = NOTHING, _known()
    sealing: set[Head] = set()
    for line in _lines():
        number = line.head.number
        if line.kind in {SEALING, SEALED} and number > 1 + max(one.number for one in {sealed, *sealing}):
            raise Broken(f"Lines before seal {number} are missing from {path().name}.")
        if line.kind == SEALING:
            sealing.add(line.head)
        elif line.kind == SEALED:
            if number == sealed.number and line.head != sealed:
                raise Broken(f"The trail was cut: {path().name} has two seals {number}.")
            sealed = max(sealed, line.head)
        elif line.kind == RESTORED and line.head not in known:
            raise Broken(f"A backup was brought back whose seal {number} {path().name} never had.")
        else:
            sealed, sealing = line.head, set()
        sealing = {one for one in sealing if one.number > sealed.number}
    return Found(sealed, frozenset(sealing))


def _known() -> set[Head]:
    """Which of the seals that a backup went back to have a line of their own before it."""
    returns = {line.head for line in _lines() if line.kind == RESTORED}
    found = {NOTHING}
    for line in _lines() if returns else ():
        if line.kind != RESTORED and line.head in returns:
            found.add(line.head)
    return found


def _lines() -> Iterator[Line]:
    """Raises Broken for a return to a backup that stands here twice: somebody copied its line."""
    returns = set()
    if not path().exists():
        return
    with path().open(errors="replace") as file:
        for text in file:
            if line := _parse(text):
                if line.kind in {RESTORED, BEGUN} and text in returns:
                    raise Broken(f"{path().name} has the same return to seal {line.head.number} twice.")
                returns |= {text} if line.kind in {RESTORED, BEGUN} else set()
                yield line
