"""What a funder may read: one month that is over, no names, no number under 10."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from advisors.managing.figures import askers, timing
from advisors.managing.figures.hiding import shown
from advisors.managing.figures.period import Period
from advisors.team.models import Training, WrapUp
from questions.models import Round
from questions.publication.models import Publication

FEW = "fewer than 10"
TOO_FEW = "too few to say"


class Report(NamedTuple):
    """Numbers as words: FEW for one under 10, TOO_FEW for a share of so few, or which would tell of so few.

    said: (what askers said, share). topics: (label, number), without those that are hidden; some_hidden where there
    are such.
    """

    month: Period
    asked: str
    answered: str
    on_time: str
    said: list[tuple[str, str]]
    topics: list[tuple[str, str]]
    some_hidden: bool
    trained: str
    hours: str
    published: str
    in_library: str


def read(month: Period, *, now: datetime) -> Report:
    """9 SQL, whatever there is."""
    kept = timing.kept(month, now=now)
    whole, said = askers.answers(month)
    topics = askers.topics(month, now=now).rows
    answered = Round.objects.filter(timing.COUNTED, answered_at__gte=month.begins, answered_at__lt=month.ends).count()
    return Report(
        month=month,
        asked=_number(askers.asked(month).count()),
        answered=_number(answered),
        on_time=_share(kept["on_time"], kept["on_time"] + kept["late"]),
        said=[(label, _share(said[name], whole, step=askers.STEP)) for name, label in askers.SAID.items()],
        topics=[(label, f"{values[0]:,}") for label, values in topics if values[0] is not None],
        some_hidden=any(values[0] is None for _, values in topics),
        **_people(month),
        **_library(month),
    )


def _people(month: Period) -> dict[str, str]:
    """How many passed a track, and the hours that everybody gave together. 2 SQL."""
    passed = Training.objects.filter(passed_on__gte=month.first, passed_on__lte=month.last)
    ended = WrapUp.objects.filter(at__gte=month.begins, at__lt=month.ends)
    found = ended.aggregate(minutes=Sum("minutes"))
    return {
        "trained": _number(passed.aggregate(people=Count("person", distinct=True))["people"]),
        "hours": _number((found["minutes"] or 0) // 60),
    }


def _library(month: Period) -> dict[str, str]:
    """Answers that were published in the month, and those that stand there now. 1 SQL."""
    found = Publication.objects.aggregate(
        new=Count("pk", filter=Q(published_at__gte=month.begins, published_at__lt=month.ends)),
        there=Count("pk", filter=Q(status=Publication.Status.PUBLISHED, hidden_at=None)),
    )
    return {"published": _number(found["new"]), "in_library": _number(found["there"])}


def _number(count: int) -> str:
    return FEW if shown(count) is None else f"{count:,}"


def _share(part: int, whole: int, *, step: int = 1) -> str:
    return askers.share(part, whole, step=step) or TOO_FEW
