"""One figure: a table, how it is drawn, and what is hidden in it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisors.managing.figures import hiding

NOT_SHOWN = "not shown"
Value = int | float | str | None  # None is hidden
Row = tuple[str, tuple[Value, ...]]


class Figure(NamedTuple):
    """A table of rows under heads, the first of which names the rows' labels. drawn: "bars", "lines", or "" for none.

    of: the period in words. note: what a reader has to know. is_too_few: all of it is hidden.
    """

    name: str
    title: str
    of: str
    heads: tuple[str, ...]
    rows: list[Row]
    drawn: str = "bars"
    note: str = ""

    @property
    def is_too_few(self) -> bool:
        return bool(self.rows) and all(value is None for _, values in self.rows for value in values)

    @property
    def is_nothing(self) -> bool:
        """There is no row, or nothing in any."""
        return all(value in (0, "", "–") for _, values in self.rows for value in values)

    @property
    def is_partly_hidden(self) -> bool:
        return not self.is_too_few and any(None in values for _, values in self.rows)


def parts(counted: Iterable[tuple[str, int]], *, step: int = 1) -> list[Row]:
    """The parts of one whole as rows, with their shares; small ones hidden, the others rounded down to whole steps."""
    counted = list(counted)
    counts = [count for _, count in counted]
    whole = sum(counts)
    rounded_down = [None if count is None else count - count % step for count in hiding.hide(counts)]
    cells = zip(counted, rounded_down, strict=True)
    return [(label, (count, None if count is None else percent(count, whole))) for (label, _), count in cells]


def percent(part: int, whole: int) -> str:
    """A share as whole percents. Nobody is told 100 % where it was not all, nor 0 % where it was some."""
    if not whole:
        return "–"
    nearest = (part * 200 + whole) // (whole * 2)
    return f"{nearest if part in {0, whole} else min(max(nearest, 1), 99)} %"


def at(ascending: Sequence[float], share: float) -> float | None:
    """The nearest rank of sorted values; None where there is none."""
    place = -(-int(share * 100) * len(ascending) // 100)
    return ascending[max(place - 1, 0)] if ascending else None


def rounded(value: float | None) -> Value:
    return "–" if value is None else round(value, 1)
