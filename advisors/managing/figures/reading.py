"""All figures of the dashboard by name, in their order."""

from collections.abc import Callable
from datetime import datetime

from advisors.managing.figures import askers, load, timing
from advisors.managing.figures.figure import Figure
from advisors.managing.figures.period import Period

Reader = Callable[..., Figure]  # (period, *, now)

HOW_WE_DO: dict[str, Reader] = {
    "promises": timing.promises,
    "speed": timing.speed,
    "late-reasons": timing.late_reasons,
    "weeks": timing.weeks,
    "backlog": timing.backlog,
}
WHO_ASKS: dict[str, Reader] = {
    "feedback": askers.feedback,
    "topics": askers.topics,
    "levels": askers.levels,
    "ages": askers.ages,
    "nations": askers.nations,
    "languages": askers.languages,
    "partners": askers.partners,
}
WHO_WORKS: dict[str, Reader] = {
    "advisors": load.advisors,
    "reviewers": load.reviewers,
    "training": load.training,
}
READERS = HOW_WE_DO | WHO_ASKS | WHO_WORKS


def read(readers: dict[str, Reader], period: Period, *, now: datetime) -> list[Figure]:
    """These figures of a period. All of READERS take 20 SQL, whatever there is."""
    return [reader(period, now=now) for reader in readers.values()]


def one(name: str, period: Period, *, now: datetime) -> Figure | None:
    """The figure of this name; None where there is none."""
    reader = READERS.get(name)
    return reader(period, now=now) if reader else None
