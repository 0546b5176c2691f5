"""Numbers for a machine that watches the service, in Prometheus's text format 0.0.4; and those of the ground.

Every label's values are literals of the code. None comes from a row that a person wrote, so none names anybody.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min, Q

from askpeer.models import Beacon, OutboxRow, TrailEntry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "askpeer_"
LIVE = Q(state__in=[OutboxRow.State.WAITING, OutboxRow.State.LEASED])


class Metric(NamedTuple):
    """One gauge: (value of its label, number) for each, or one sample with "" where it has no label."""

    name: str
    help: str
    samples: list[tuple[str, float]]
    label: str = ""


def gauge(name: str, help_: str, value: float) -> Metric:
    return Metric(name, help_, [("", value)])


def by(label: str, name: str, help_: str, values: Collection[str], found: dict[str, int]) -> Metric:
    """A gauge with a sample for each of these values, 0 where there is none; what else is found is left out."""
    return Metric(name, help_, [(value, found.get(value, 0)) for value in values], label)


def seconds(since: datetime | None, *, now: datetime) -> float:
    """How long ago that was; 0 where it never was, or lies ahead."""
    return max((now - since) / timedelta(seconds=1), 0) if since else 0


def write(metrics: Iterable[Metric]) -> str:
    """The page that Prometheus reads. Values of labels are plain words, so nothing in them is to be escaped."""
    return "".join(f"{line}\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterable[str]:
    name = PREFIX + metric.name
    yield f"# HELP {name} {metric.help}"
    yield f"# TYPE {name} gauge"
    for value, number in metric.samples:
        labels = f'{{{metric.label}="{value}"}}' if metric.label else ""
        yield f"{name}{labels} {number:.10g}"


def of_the_ground(*, now: datetime) -> list[Metric]:
    """Outbox, trail and sweep. 4 SQL."""
    by_state = dict(OutboxRow.objects.values_list("state").annotate(Count("pk")))
    oldest = OutboxRow.objects.filter(LIVE, due_at__lte=now).aggregate(at=Min("due_at"))["at"]
    swept = Beacon.objects.filter(name="sweep").values_list("at", flat=True).first()
    unsealed = TrailEntry.objects.filter(seal=None).count()
    return [
        by("state", "outbox_rows", "Messages by state.", OutboxRow.State.values, by_state),
        gauge("outbox_oldest_seconds", "How long the oldest unsent message is due.", seconds(oldest, now=now)),
        gauge("sweep_ever", "Whether a sweep was ever made.", int(swept is not None)),
        gauge("sweep_age_seconds", "Since the last sweep.", seconds(swept, now=now)),
        gauge("trail_unsealed", "Trail entries that wait for their seal.", unsealed),
    ]
