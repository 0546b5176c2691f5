"""A figure as CSV that spreadsheets open as it is: RFC 4180, UTF-8 with a mark that says so, nothing they would run.

The mark (BOM) is there because the spreadsheets that managers have read UTF-8 as something else without it.
"""

import csv
from io import StringIO

from advisors.managing.figures.figure import NOT_SHOWN, Figure, Value

RUN = frozenset("=+-@\t\r\n＝＋－＠")  # a cell that begins so is a formula to some spreadsheet


def write(figure: Figure) -> bytes:
    """The heads and rows as the page has them, small numbers hidden the same way."""
    out = StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow([*figure.heads, "Period"])
    for label, values in figure.rows:
        sheet.writerow([safe(label), *(_cell(value) for value in values), figure.of])
    return out.getvalue().encode("utf-8-sig")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also where it strips blanks before it looks."""
    return f"'{text}" if RUN & {*text[:1], *text.lstrip()[:1]} else text


def guard(cell: str) -> str:
    """As safe(), for a cell that is read in again: also where it would be taken for a guarded one."""
    return f"'{cell}" if cell.startswith("'") else safe(cell)


def unguard(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and guard(cell[1:]) == cell else cell


def _cell(value: Value) -> str:
    if value is None:
        return NOT_SHOWN
    return safe(value) if isinstance(value, str) else str(value)
