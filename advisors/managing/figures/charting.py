"""A figure as inline SVG: its words and numbers stand in it as text, its colours come from the pages' style sheet.

Everything that is not a number of ours is escaped: the labels of topics and partners are data.
"""

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString

from advisors.managing.figures.figure import NOT_SHOWN, Figure, Value

WIDTH = 400  # as wide as a telephone: text drawn 14 high is read there as it is
BAR, TALL, GAP = 14, 44, 8  # of a bar, of it with its label above it, and below the last
LONGEST = 40  # characters of a label
LINES_TALL, TOP, LEFT, RIGHT = 160, 34, 34, 392
STEPS = 4  # marks on the axis of lines
Number = int | float


def draw(figure: Figure) -> SafeString:
    """The whole picture; "" for a figure that is not drawn, or of which nothing can be."""
    if not figure.drawn or figure.is_nothing or figure.is_too_few:
        return SafeString("")
    height, parts = _lines(figure) if figure.drawn == "lines" else _bars(figure)
    name = f"chart-{figure.name}"
    head = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(figure.title)}, {escape(figure.of)}</title>'
        f'<desc id="{name}-d">{escape(said(figure))}</desc>'
    )
    # Every text in it went through escape().
    return SafeString(head + "".join(parts) + "</svg>")  # nosec B308 B703


def said(figure: Figure) -> str:
    """What the picture shows, in words."""
    names = figure.heads[1:] if figure.drawn == "lines" else ("",)
    rows = [(label, values[: len(names)]) for label, values in figure.rows]
    return "; ".join(f"{label}: {', '.join(_worded(names, values))}" for label, values in rows) + "."


def _worded(names: tuple[str, ...], values: tuple[Value, ...]) -> Iterator[str]:
    for name, value in zip(names, values, strict=True):
        yield f"{shown(value)} {name.lower()}".strip()


def shown(value: Value) -> str:
    if value is None:
        return NOT_SHOWN
    return f"{value:,}" if isinstance(value, int | float) else value


def _bars(figure: Figure) -> tuple[int, Iterator[str]]:
    return TALL * len(figure.rows) + GAP, _each_bar(figure)


def _each_bar(figure: Figure) -> Iterator[str]:
    lengths = [_length(values[0]) for _, values in figure.rows]
    longest = 100 if figure.drawn == "shares" else max(filter(None, lengths), default=0)
    for place, ((label, values), length) in enumerate(zip(figure.rows, lengths, strict=True)):
        y = place * TALL
        yield _text(0, y + 16, _short(label)) + _text(WIDTH, y + 16, shown(values[0]), "end")
        if length is None:
            yield f'<rect class="unsaid" x="1" y="{y + 23}" width="{WIDTH - 2}" height="{BAR - 2}" rx="3"/>'
        else:
            # What is nothing has no bar; the little that there is has one that can be seen.
            width = max(length / longest * WIDTH, 2) if length and longest else 0
            yield f'<rect x="0" y="{y + 22}" width="{width:.1f}" height="{BAR}" rx="3"/>'


def _length(value: Value) -> Number | None:
    """How long a bar is: the number, or that of a share such as "70 % or more"; None where it is hidden."""
    if isinstance(value, str):
        first = value.partition(" ")[0]
        return int(first) if first.isdecimal() else 0
    return value


def _lines(figure: Figure) -> tuple[int, Iterator[str]]:
    return TOP + LINES_TALL + 28, _each_line(figure)


def _each_line(figure: Figure) -> Iterator[str]:
    series = [[_length(values[place]) or 0 for _, values in figure.rows] for place in range(len(figure.heads) - 1)]
    step = _step(max(max(one) for one in series))
    most = step * STEPS
    for mark in range(0, most + 1, step):
        y = _y(mark, most)
        yield f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>' + _text(LEFT - 6, y + 5, f"{mark:,}", "end")
    for place in sorted({0, len(figure.rows) // 2, len(figure.rows) - 1}):
        anchor = "middle" if 0 < place < len(figure.rows) - 1 else ("end" if place else "start")
        yield _text(_x(place, len(figure.rows)), TOP + LINES_TALL + 20, figure.rows[place][0], anchor)
    for place, values in enumerate(series):
        points = [(_x(at, len(values)), _y(value, most)) for at, value in enumerate(values)]
        yield f'<polyline class="s{place}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'
        yield from (f'<circle class="s{place}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points)
    yield from _key(figure.heads[1:])


def _key(names: tuple[str, ...]) -> Iterator[str]:
    """Which line is which, above them."""
    for place, name in enumerate(names):
        x = LEFT + place * 150
        yield f'<line class="s{place}" x1="{x}" x2="{x + 28}" y1="11" y2="11"/>' + _text(x + 36, 16, name)


def _step(most: Number) -> int:
    """A round number of which STEPS reach at least so high."""
    step = 1
    while step * STEPS < most:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _x(place: int, count: int) -> float:
    return LEFT + 8 + place * (RIGHT - LEFT - 16) / max(count - 1, 1)


def _y(value: Number, most: int) -> float:
    return TOP + LINES_TALL - value / most * LINES_TALL


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
