"""CSV that comes back as it was, hides what the page hides, and that no spreadsheet runs."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisors.managing.figures import charting, sheets
from advisors.managing.figures.figure import Figure, parts

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LEADS = st.sampled_from(["", " ", "=", "+", "-", "@", "\t", "\r", "\n", "\r\n", " =", "\u00a0+", "＝", '"', ","])
LABELS = st.builds(str.__add__, LEADS, TEXT)


def figure(rows, **more):
    return Figure("topics", "Topics", "October 2026", ("Topic", "Questions", "Share"), rows, **more)


@given(st.lists(st.tuples(LABELS, st.integers(0, 60)), max_size=8))
def test_every_label_and_number_comes_back_and_none_is_a_formula(counted):
    rows = parts(counted)
    written = sheets.write(figure(rows))
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.endswith(b"\r\n")
    heads, *found = csv.reader(StringIO(written.decode("utf-8-sig"), newline=""), strict=True)
    assert heads == ["Topic", "Questions", "Share", "Period"]
    expected = [["not shown" if value is None else str(value) for value in values] for _, values in rows]
    assert [row[1:3] for row in found] == expected
    assert [row[0].removeprefix("'") for row in found] == [label.removeprefix("'") for label, _ in counted]
    cells = [cell for row in found for cell in row]
    assert [cell for cell in cells if cell[:1] in sheets.RUN or cell.lstrip()[:1] in sheets.RUN] == []
    assert [cell for row in found for cell in row[1:2] if cell.isdecimal() and int(cell) < 10] == []


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_a_formula_is_a_text(lead):
    assert sheets.safe(f"{lead}1+1") == f"'{lead}1+1"


@given(st.lists(st.tuples(LABELS, st.integers(0, 60)), min_size=1, max_size=8))
def test_a_picture_has_no_markup_of_a_label_in_it(counted):
    drawn = charting.draw(figure(parts([(f"<script>{label}\"'&", count) for label, count in counted])))
    assert "<script" not in drawn
    assert drawn.count("<svg") == (1 if drawn else 0)


def test_a_hidden_bar_has_no_length():
    drawn = charting.draw(figure([("One", (20, "66 %")), ("Two", (None, None)), ("Three", (10, "33 %"))]))
    assert drawn.count('width="400.0"') == drawn.count('width="200.0"') == drawn.count('class="unsaid"') == 1
    assert '<desc id="chart-topics-d">One: 20; Two: not shown; Three: 10.</desc>' in drawn


@pytest.mark.parametrize("rows", [[], [("One", (None, None))], [("One", (0, "–")), ("Two", (0, ""))]])
def test_what_is_hidden_or_nothing_is_not_drawn(rows):
    assert charting.draw(figure(rows)) == ""


@pytest.mark.parametrize(("most", "step"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 5), (21, 10), (1000, 500)])
def test_an_axis_has_round_numbers(most, step):
    rows = [("1 Oct", (most, 0)), ("8 Oct", (0, 0))]
    drawn = charting.draw(Figure("weeks", "Weeks", "October", ("Week", "Asked", "Answered"), rows, drawn="lines"))
    marks = [f">{mark * step:,}</text>" for mark in range(5)]
    assert [mark for mark in marks if mark not in drawn] == []


def test_one_week_alone_is_drawn_too():
    rows = [("1 Oct", (3, 2))]
    drawn = charting.draw(Figure("weeks", "Weeks", "October", ("Week", "Asked", "Answered"), rows, drawn="lines"))
    assert drawn.count("<circle") == 2
