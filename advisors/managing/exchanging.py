"""The directory of services as a file: written so that no spreadsheet runs a cell, and read whole or not at all."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from advisors import marks, roles
from advisors.managing import entries, signposts
from advisors.managing.entries import Entry
from advisors.managing.figures import sheets
from advisors.models import Person
from advisors.team import locking
from askpeer import history
from askpeer.errors import Refused, Stale
from questions import holding
from questions.models import Signpost

COLUMNS = Entry._fields
LARGEST, MOST_LINES = 200_000, 500  # bytes, and lines below the heading
SHOWN = 50
NEEDED = ("slug", "name", "summary", "country", "min_age", "max_age", "channels")
AS_CSV = "Save it as “CSV UTF-8” with commas between the columns, and choose it again."


class Wrong(NamedTuple):
    """What is wrong in a line, counted from 1 with the heading, and in which column."""

    line: int
    column: str
    sentence: str


class Plan(NamedTuple):
    """What a file would do: (name, what changes) of each. same stay as they are, absent are not in the file and stay.

    lacking are columns that the file does not have: these stay as they are, and are empty in a new one. unchecked are
    the names of those that get other ways in and no later day of checking, so that they count as not checked.
    seen is the mark of the directory it was compared with.
    """

    new: list[Entry]
    changed: list[tuple[Entry, list[str]]]
    same: int
    absent: int
    wrong: list[Wrong]
    lacking: list[str]
    unchecked: list[str]
    seen: str


def export() -> str:
    """The whole directory, with a heading. 3 SQL."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([sheets.guard(cell) for cell in cells(entry)] for entry, _row in _there())
    return out.getvalue()


def cells(entry: Entry) -> list[str]:
    """As they are typed."""
    said = {
        "nations": " ".join(entry.nations),
        "topics": " ".join(entry.topics),
        "crisis": "yes" if entry.crisis else "no",
        "last_verified": f"{entry.last_verified:%Y-%m-%d}" if entry.last_verified else "",
        "channels": entries.channels_said(entry.channels),
    }
    return [said[name] if name in said else str(getattr(entry, name)) for name in COLUMNS]


def _there() -> list[tuple[Entry, Signpost]]:
    rows = Signpost.objects.prefetch_related("channels", "topics").order_by("position", "name", "pk")
    return [(entries.entry_of(row), row) for row in rows]


def decode(content: bytes) -> str:
    """The text of a file. Raises Refused for one that is too large, or no UTF-8."""
    if not content:
        raise Refused("The file is empty. Choose another one.")
    if len(content) > LARGEST:
        raise Refused(f"The file has {len(content):,} bytes. A directory can have {LARGEST:,} at most.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused(f"This is a spreadsheet, not CSV. {AS_CSV}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise Refused(f"Line {line} has letters that are not UTF-8. {AS_CSV}") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Refused(f"Line {line} has a character that no text has. {AS_CSV}")
    return text


def plan(text: str, *, now: datetime) -> Plan:
    """What this text would do, and each thing that is wrong in it. Raises Refused where it is no such file at all."""
    there = _there()
    by_slug = {entry.slug: entry for entry, _row in there}
    found, named, wrong, lacking = _read(text, by_slug, now)
    new = [entry for entry in found if entry.slug not in by_slug]
    kept = [signposts.as_kept(by_slug[entry.slug], entry) for entry in found if entry.slug in by_slug]
    changed = [(entry, _differing(by_slug[entry.slug], entry)) for entry in kept]
    return Plan(
        new=new,
        changed=[(entry, names) for entry, names in changed if names],
        same=sum(not names for _entry, names in changed),
        absent=len(by_slug.keys() - named),
        wrong=wrong[:SHOWN],
        lacking=lacking,
        unchecked=[entry.name for entry, names in changed if "channels" in names and entry.last_verified is None],
        seen=marks.mark([entry for entry, _row in there]),
    )


def _differing(before: Entry, after: Entry) -> list[str]:
    return [name.replace("_", " ") for name in COLUMNS if getattr(before, name) != getattr(after, name)]


def _read(text: str, there: dict[str, Entry], now: datetime) -> tuple[list[Entry], set[str], list[Wrong], list[str]]:
    """The lines that are right, the short names of all lines, what is wrong, and the columns that are not there."""
    found: list[Entry] = []
    wrong: list[Wrong] = []
    lacking: list[str] = []
    names: set[str] = set()
    for number, row in _lines(text):
        lacking = [column.replace("_", " ") for column in COLUMNS if column not in row]
        entry, problems = _entry(number, row, there, now)
        found += [entry] if entry else []
        wrong += problems
        # As it is kept: two that differ by what cannot be seen are one.
        name = entry.slug if entry else sheets.unguard(row["slug"]).strip()
        if name and name in names:
            said = f"A line before this one has the short name {name[:60]} already."
            wrong.append(Wrong(number, "slug", said))
        names.add(name)
    if not found and not wrong:
        raise Refused("There is no line below the heading. Choose another file.")
    return found, names, wrong, lacking


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(the number of its first line, its cells by column) of each that is not empty. Raises Refused."""
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), strict=True)
    columns: list[str] = []
    begins, count = 1, 0
    try:
        for row in reader:
            number, begins = begins, reader.line_num + 1
            if not columns:
                columns = _heading(row)
            elif any(cell.strip() for cell in row):
                count += 1
                if count > MOST_LINES:
                    raise Refused(f"A directory can have {MOST_LINES} lines at most.")
                yield number, _by_column(columns, row, number)
    except csv.Error as problem:
        raise Refused(_unreadable(str(problem), begins)) from None
    if not columns:
        raise Refused("The file is empty. Choose another one.")


def _unreadable(problem: str, line: int) -> str:
    if "field larger" in problem:
        return f"Line {line} has a cell of over {csv.field_size_limit():,} characters. Make it shorter."
    if "unexpected end" in problem:
        return f"A quotation mark in or after line {line} is never closed. Close it, and choose the file again."
    return f"Line {line} cannot be read: after a quotation mark comes no comma. Put two where one is part of the text."


def _heading(row: list[str]) -> list[str]:
    columns = [cell.strip().casefold() for cell in row]
    if len(columns) == 1 and ";" in columns[0]:
        raise Refused(f"The columns have semicolons between them. {AS_CSV}")
    if len(columns) == 1 and "\t" in row[0]:
        raise Refused(f"The columns have tabs between them. {AS_CSV}")
    if missing := [name for name in NEEDED if name not in columns]:
        raise Refused(f"The heading, line 1, lacks {', '.join(missing)}. Expected are {', '.join(COLUMNS)}.")
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise Refused(f"Line 1 has a column {unknown[0][:40] or 'without a name'}. Expected are {', '.join(COLUMNS)}.")
    if len(set(columns)) < len(columns):
        raise Refused("Line 1 has a column twice. Leave one out.")
    return columns


def _by_column(columns: list[str], row: list[str], number: int) -> dict[str, str]:
    if len(row) != len(columns):
        raise Refused(f"Line {number} has {len(row)} columns where the heading has {len(columns)}.")
    return dict(zip(columns, row, strict=True))


def _entry(
    number: int, row: dict[str, str], there: dict[str, Entry], now: datetime
) -> tuple[Entry | None, list[Wrong]]:
    found: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name in COLUMNS:
        try:
            if name not in row and found.get("slug") in there:
                found[name] = getattr(there[found["slug"]], name)
            else:
                found[name] = entries.RULES[name](_cell(row.get(name, "")))
        except Refused as refusal:
            wrong.append(Wrong(number, name, str(refusal)))
    together = entries.check_whole(found, today=holding.today(now))
    wrong += [Wrong(number, name, said) for name, said in together.items()]
    return (None if wrong else Entry(**found)), wrong


def _cell(typed: str) -> str:
    """Without the apostrophe that guards it. A formula that nothing guards was not typed by a person."""
    if typed.startswith(("=", "@", "\t", "＝", "＠")):
        raise Refused(f"It begins with {typed[0].strip() or 'a tab'}, as a formula does. Expected plain words.")
    return sheets.unguard(typed)


class Brought(NamedTuple):
    new: int
    changed: int


@transaction.atomic
def bring_in(text: str, *, seen: str, by: Person, now: datetime) -> Brought:
    """Let a file that was looked at take effect, all of it or nothing. Raises Refused, also where somebody would be
    shown no one, and Stale where the directory changed since.
    """
    roles.check_manager(locking.lock(by))
    before = signposts.crisis_services()  # held first, as whoever saves one service holds them
    rows = {row.slug: row for row in Signpost.objects.select_for_update(no_key=True).order_by("pk")}
    wanted = plan(text, now=now)
    if wanted.seen != seen:
        raise Stale("The directory changed meanwhile. Look again at what the file does now, then save it.")
    if wanted.wrong:
        raise Refused("Something in the file is wrong, so nothing of it is saved.")
    place = signposts.next_position()
    for at, entry in enumerate(wanted.new):
        signposts.write(Signpost(position=place + at), entry)
    for entry, _names in wanted.changed:
        signposts.write(rows[entry.slug], entry)
    signposts.check_nobody_is_left(before)
    done = Brought(len(wanted.new), len(wanted.changed))
    history.record(subject="signposts", kind="signposts brought in", actor=by.name, now=now, facts=done._asdict())
    return done
