"""Counts under 10 stay hidden, and nothing that is shown gives one of them away."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisors.managing.figures.hiding import hide, shown

COUNTS = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 400)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([10, 25, 40], [10, 25, 40]),
        ([9, 25, 40, 60], [None, None, 40, 60]),  # one alone would be the total less the others
        ([0, 25, 40, 60], [None, None, 40, 60]),
        ([4, 5, 25, 40, 60], [None, None, None, 40, 60]),  # under 10 together, too
        ([5, 5, 25, 40], [None, None, 25, 40]),
        ([9, 9, 25, 40, 60], [None, None, None, 40, 60]),  # 18 by two could only be 9 and 9
        ([9, 30, 30, 50, 50], [None, None, None, 50, 50]),  # alike ones go together
        ([9, 25], [None, None]),
        ([9, 25, 40], [None, None, 40]),
        ([9, 9, 9], [None, None, None]),
        ([8, 9, 10], [None, None, None]),  # or three nines were known to be such
        ([10], [10]),
        ([9], [None]),
        ([], []),
    ],
)
def test_what_is_hidden(counts, expected):
    assert hide(counts) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, None), (9, None), (10, 10)])
def test_a_count_of_its_own(count, expected):
    assert shown(count) == expected


@pytest.mark.parametrize(("parts", "most"), [(1, 12), (2, 12), (3, 10), (4, 7), (5, 5)])
def test_no_hidden_count_can_be_worked_out_by_whoever_knows_the_total_and_the_rule(parts, most):
    """Every table there is, with 3 for 10: of all that look the same, each hidden count has at least two values."""
    alike = defaultdict(list)
    for counts in product(range(most + 1), repeat=parts):
        if sum(counts) >= 3:
            alike[tuple(hide(counts, least=3)), sum(counts)].append(counts)
    known = [
        (said, total)
        for (said, total), tables in alike.items()
        for place, cell in enumerate(said)
        # A total at the edge of the range is one whose likes lie outside of it.
        if cell is None and len({table[place] for table in tables}) == 1 and not _at_the_edge(tables, most)
    ]
    assert known == []


def _at_the_edge(tables, most):
    return any(most in table for table in tables)


@given(COUNTS)
def test_what_is_hidden_is_never_alone_and_never_few(counts):
    said = hide(counts)
    hidden = [count for count, cell in zip(counts, said, strict=True) if cell is None]
    assert [cell for cell in said if cell is not None and cell < 10] == []
    assert [count for count, cell in zip(counts, said, strict=True) if cell not in {None, count}] == []
    assert all(count in hidden for count in counts if count < 10)
    if sum(counts) >= 10 and len(counts) > 1:
        assert not hidden or (len(hidden) > 1 and sum(hidden) >= 10)


@given(COUNTS, st.randoms())
def test_which_of_the_hidden_ones_is_small_cannot_be_seen(counts, chance):
    """Change the hidden ones about: the table looks the same."""
    said = hide(counts)
    places = [place for place, cell in enumerate(said) if cell is None]
    values = [counts[place] for place in places]
    chance.shuffle(values)
    other = list(counts)
    for place, value in zip(places, values, strict=True):
        other[place] = value
    assert hide(other) == said
