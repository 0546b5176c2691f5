"""Counts under 10 are never shown, and none that is hidden can be worked out from what is shown. Pure.

Whoever reads a table may know its total from elsewhere, and knows this rule. So one hidden count is never alone, those
hidden are never under 10 together, and where every one of them could only be 9 another one goes with them.
"""

from collections.abc import Sequence

LEAST = 10  # the smallest count that is shown


def hide(counts: Sequence[int], *, least: int = LEAST) -> list[int | None]:
    """The counts of the parts of one whole, None where a count is hidden.

    Hidden are all up to some size, whichever those are: nobody can tell which of the hidden ones is the small one.
    A whole whose total is under 10 shows nothing.
    """
    line = _line(sorted(counts), least)
    return [count if count >= line else None for count in counts]


def shown(count: int, *, least: int = LEAST) -> int | None:
    """One count that is a part of nothing else that is shown; None where it is hidden."""
    return count if count >= least else None


def _line(ascending: list[int], least: int) -> int:
    """The smallest count that is shown; more than any where none is."""
    everything = ascending[-1] + 1 if ascending else least
    if ascending and ascending[0] >= least:
        return least
    for line in sorted({least, *(count + 1 for count in ascending if count >= least)}):
        below = [count for count in ascending if count < line]
        # Were one shown here, a table of nines alone would be the only one that hides all of so many.
        is_one_of_nines = len(below) == len(ascending) - 1 and sum(ascending) == (least - 1) * len(ascending)
        if _keeps_a_secret(below, least) and not is_one_of_nines:
            return line
    return everything


def _keeps_a_secret(hidden: list[int], least: int) -> bool:
    together = sum(hidden)
    return len(hidden) > 1 and together >= least and together != (least - 1) * len(hidden)
