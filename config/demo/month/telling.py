"""The figures as a table, in Markdown so that it reads the same in a terminal and on a page."""

from collections.abc import Callable

from config.demo.month.figures import Figures

Row = tuple[str, Callable[[Figures], str]]


def table(figures: list[Figures]) -> str:
    head = ["", *(f"{one.load} %" for one in figures)]
    body = [[name, *(say(one) for one in figures)] for name, say in ROWS]
    widths = [max(len(row[place]) for row in [head, *body]) for place in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in [head, rule, *body])


def _line(row: list[str], widths: list[int]) -> str:
    name, *rest = row
    cells = [name.ljust(widths[0]), *(text.rjust(width) for text, width in zip(rest, widths[1:], strict=True))]
    return f"| {' | '.join(cells)} |"


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _promised(one: Figures) -> str:
    return f"{_share(one.promised.get('3', 0), one.rounds)}, {max(map(int, one.promised), default=0)}"


def _several(*names: str) -> Callable[[Figures], str]:
    return lambda one: " / ".join(str(one.reminders[name]) for name in names)


def _late_by(one: Figures) -> str:
    return " / ".join(f"{hours:.1f}" for hours in one.lateness.values())


ROWS: tuple[Row, ...] = (
    ("questions asked", lambda one: f"{one.asked:,}"),
    ("turned away, kindly", lambda one: f"{one.turned_away:,}"),
    ("follow-ups", lambda one: f"{one.follow_ups:,}"),
    ("promised in three working days; longest promise, days", _promised),
    ("**answered on time**", lambda one: f"**{_share(one.on_time, one.rounds)}**"),
    ("answered late", lambda one: f"{one.late:,}"),
    ("late by working hours: median / 90 % / worst", _late_by),
    ("reminders at 50 % / 80 % / 100 % of a stage", _several("half", "most", "full")),
    ("claims returned to the queue", _several("returned")),
    ("reminders: promise at risk / missed", _several("at_risk", "late")),
    ("reminders: no new date in time", _several("undated")),
    ("reminders: new date at risk / missed", _several("at_risk_again", "again")),
    ("reminders that a louder one superseded", lambda one: f"{one.superseded:,}"),
    ("letters to staff / to askers", lambda one: f"{one.to_staff:,} / {one.to_askers:,}"),
    ("advisors / reviewers", lambda one: f"{one.people['advisors']} / {one.people['reviewers']}"),
    ("their load", lambda one: f"{_share(one.busy['advisors'], 1)} / {_share(one.busy['reviewers'], 1)}"),
    ("acts in vain: the question had moved on meanwhile", lambda one: f"{one.in_vain:,}"),
    ("missed promises: told / new date / answered first", lambda one: f"{one.told} / {one.redated} / {one.soon}"),
    ("**missed without an apology and a new date**", lambda one: f"**{one.breaches}**"),
)
