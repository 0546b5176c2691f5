"""The picture of the month: what waited and what was late, one line a load. Inline SVG, no dependency."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from html import escape
from typing import NamedTuple

from config.demo.month import plan
from config.demo.month.figures import Figures
from config.demo.month.plan import DAY, HOUR

WIDTH, LEFT, RIGHT = 960, 60, 880
TOP, TALL, BETWEEN = 112, 210, 90  # of the first panel, of each, between two
HEIGHT = TOP + 2 * TALL + BETWEEN + 64
LABEL_GAP = 19
SERIES = 3  # styles of lines

# The colours of the service's pages; a picture in a page follows the reader's system.
STYLE = """
svg { background: #fffbf5; font: 15px system-ui, sans-serif; }
.paper { fill: #fffbf5 } .ink { fill: #22302e } .soft { fill: #4a5b58 }
.grid { stroke: #7d8a86; stroke-opacity: .35 } .axis { stroke: #7d8a86 }
.weekend { fill: #f4ecdf } .holiday { fill: #e0f0ec } .outage { fill: #fcebe6 }
.line { fill: none; stroke-linejoin: round; stroke-width: 2.5 }
.s0 { stroke: #4a5b58; stroke-dasharray: 2 3 } .s1 { stroke: #0b5d5b } .s2 { stroke: #a63d2f; stroke-dasharray: 9 3 }
.t0 { fill: #4a5b58 } .t1 { fill: #0b5d5b } .t2 { fill: #a63d2f } .name { font-weight: 600 }
@media (prefers-color-scheme: dark) {
svg { background: #15211f }
.paper { fill: #15211f } .ink { fill: #eef3ef } .soft { fill: #b5c4bf }
.grid, .axis { stroke: #74857f }
.weekend { fill: #1e2d2a } .holiday { fill: #17423f } .outage { fill: #4c2a25 }
.s0 { stroke: #b5c4bf } .s1 { stroke: #7fd1c4 } .s2 { stroke: #f0917f }
.t0 { fill: #b5c4bf } .t1 { fill: #7fd1c4 } .t2 { fill: #f0917f }
}
"""


class Panel(NamedTuple):
    """One of the two: its name, its upper edge, and which of the figures it draws (0 waiting, 1 late)."""

    name: str
    top: float
    column: int


PANELS = (
    Panel("Questions waiting for an answer", TOP, 0),
    Panel("Of these, past the promised moment", TOP + TALL + BETWEEN, 1),
)


def draw(figures: list[Figures]) -> str:
    """The whole picture. figures: one of each load."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        f'<title id="t">{escape(_title())}</title>',
        f'<desc id="d">{escape(_said(figures))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        _text(LEFT, 34, _title(), "ink name", size=19),
        _text(LEFT, HEIGHT - 18, "Nobody works on shaded days; those without a name are weekends.", "soft", size=13),
        *_bands(figures[0].holidays),
    ]
    for panel in PANELS:
        parts += _panel(panel, figures)
    return "\n".join([*parts, "</svg>", ""])


def _title() -> str:
    return f"A simulated {plan.FIRST_DAY:%B %Y}: questions that wait"


def _said(figures: list[Figures]) -> str:
    """What the picture shows, in words: the most that waited and the most that were late."""
    said = [
        f"At {one.load} % load at most {max(row[1] for row in one.seen)} waited, "
        f"of which at most {max(row[2] for row in one.seen)} past their promise."
        for one in figures
    ]
    return " ".join(said)


def _bands(holidays: list[int]) -> Iterator[str]:
    """Days on which nobody worked, behind both panels."""
    for number in range(plan.DAYS):
        day = plan.FIRST_DAY + number * DAY
        if day.weekday() >= 5:
            yield _band(number * DAY, DAY, "weekend")
        elif number in holidays:
            yield _band(number * DAY, DAY, "holiday", "bank holiday")
    yield _band(plan.OUTAGE[0] - plan.STARTS, plan.OUTAGE[1] - plan.OUTAGE[0], "outage", "outage")


def _band(begins: timedelta, lasts: timedelta, kind: str, name: str = "") -> str:
    left, width = _x(begins / HOUR), _x(lasts / HOUR) - LEFT
    boxes = [
        f'<rect class="{kind}" x="{left:.1f}" y="{panel.top}" width="{width:.1f}" height="{TALL}"/>' for panel in PANELS
    ]
    if name:
        boxes += [_text(left + width / 2, panel.top - 8, name, "soft", anchor="middle", size=13) for panel in PANELS]
    return "".join(boxes)


def _panel(panel: Panel, figures: list[Figures]) -> Iterator[str]:
    highest = max(value for one in figures for value in _values(panel, one))
    step = _step(highest)
    most = step * (1 + highest // step)
    yield from _scale(panel, step, most)
    ends = []
    for place, one in enumerate(figures):
        yield _line(panel, one, most, place % SERIES)
        ends.append((_y(panel, _values(panel, one)[-1], most), place))
    for y, place in _apart(ends):
        yield _text(RIGHT + 8, y + 5, f"{figures[place].load} %", f"t{place % SERIES} name")


def _values(panel: Panel, one: Figures) -> list[int]:
    return [(row[1], row[2])[panel.column] for row in one.seen]


def _scale(panel: Panel, step: int, most: int) -> Iterator[str]:
    yield _text(LEFT, panel.top - 34, panel.name, "ink name")
    for value in range(0, most + 1, step):
        y = _y(panel, value, most)
        yield f'<path class="{"grid" if value else "axis"}" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
        yield _text(LEFT - 8, y + 5, f"{value:,}", "soft", anchor="end")
    for number in range(plan.DAYS):
        day = plan.FIRST_DAY + number * DAY
        if day.weekday() == 0 or number == 0:
            label = f"{day:%a} {day.day}"
            yield _text(_x(number * 24 + 12), panel.top + TALL + 20, label, "soft", anchor="middle", size=13)


def _line(panel: Panel, one: Figures, most: int, style: int) -> str:
    heights = [_y(panel, value, most) for value in _values(panel, one)]
    points = [(_x(row[0]), y) for row, y in zip(one.seen, heights, strict=True)]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in _bends(points))
    return f'<path class="line s{style}" d="M{path}"><title>{panel.name} at {one.load} % load</title></path>'


def _bends(points: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Without those in the middle of a level stretch."""
    for place, point in enumerate(points):
        around = {one[1] for one in points[max(place - 1, 0) : place + 2]}
        if len(around) > 1 or place in {0, len(points) - 1}:
            yield point


def _apart(ends: Iterable[tuple[float, int]]) -> Iterator[tuple[float, int]]:
    """The heights of the labels at the ends of the lines, from the lowest up, none on another."""
    above = float("inf")
    for y, place in sorted(ends, key=lambda end: (-end[0], end[1])):
        above = min(y, above - LABEL_GAP)
        yield above, place


def _step(most: int) -> int:
    """A round number of which there are five at most."""
    step = 1
    while most / step > 5:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _x(hours: float) -> float:
    return LEFT + hours / (plan.DAYS * 24) * (RIGHT - LEFT)


def _y(panel: Panel, value: float, most: int) -> float:
    return panel.top + TALL - value / most * TALL


def _text(x: float, y: float, words: str, kind: str, *, anchor: str = "start", size: int = 15) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'
    )
