"""What the people here gave: answers, hours, signatures, training. Never how somebody is, nor what they turned to.

Of cases about staff none is counted: beside the answers of the same period one more would tell of it.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum

from advisors.drafting.models import Claim
from advisors.managing.figures.figure import Figure, Row, at, rounded
from advisors.managing.figures.period import Period, today
from advisors.managing.figures.timing import COUNTED, Worked
from advisors.models import Person, Role
from advisors.signoff.models import Approval
from advisors.team.models import WrapUp

SOON = timedelta(days=30)
REMEMBERED = "Answers to questions that were erased since are not counted."


def advisors(period: Period, *, now: datetime) -> Figure:
    """Answers and hours of each person who gave some in the period, by alias. 3 SQL."""
    answers = dict(answered(period))
    minutes = dict(given(period))
    people = Person.objects.filter(pk__in={*answers, *minutes}).order_by("alias", "pk").values_list("pk", "alias")
    rows: list[Row] = [(alias, (answers.get(pk, 0), hours(minutes.get(pk, 0)))) for pk, alias in people]
    heads = ("Person", "Answers", "Hours")
    return Figure("advisors", "Who wrote", period.label, heads, rows, note=f"Hours as wrapped up. {REMEMBERED}")


def answered(period: Period) -> Any:
    """(person, how many rounds that they held were answered) in the period. 1 SQL."""
    mine = COUNTED & Q(question__rounds__number=F("round_number"), claimed_at__lte=F("question__rounds__answered_at"))
    mine &= Q(question__rounds__answered_at__gte=period.begins, question__rounds__answered_at__lt=period.ends)
    mine &= Q(released_at=None) | Q(released_at__gte=F("question__rounds__answered_at"))
    rounds = Count("question__rounds", distinct=True)
    return Claim.objects.filter(mine).order_by().values_list("person").annotate(rounds)


def given(period: Period) -> Any:
    """(person, minutes that they wrapped up) in the period. 1 SQL."""
    ended = WrapUp.objects.filter(at__gte=period.begins, at__lt=period.ends)
    return ended.order_by().values_list("person").annotate(Sum("minutes"))


def hours(minutes: int) -> float:
    return round(minutes / 60, 1)


def reviewers(period: Period, *, now: datetime) -> Figure:
    """Signatures of each reviewer in the period, and how long the wording had waited for them. 1 SQL."""
    signed = Approval.objects.filter(at__gte=period.begins, at__lt=period.ends, voided_at=None)
    signed = signed.filter(version__draft__round__question__about_staff=False)
    rows = list(
        signed.order_by("approver__alias", "approver").values_list(
            "approver", "approver__alias", "version__saved_at", "at"
        )
    )
    clock = Worked(min(row[2] for row in rows), max(row[3] for row in rows)) if rows else None
    waits: dict[tuple[object, str], list[float]] = defaultdict(list)
    for person, alias, saved, at_ in rows:
        assert clock
        waits[person, alias].append(max(clock.until(at_) - clock.until(saved), 0.0))
    heads = ("Person", "Signatures", "Half within, working hours", "9 in 10 within")
    found: list[Row] = [(alias, _spread(sorted(hours))) for (_, alias), hours in waits.items()]
    note = f"From the last saved wording to the signature. {REMEMBERED}"
    return Figure("reviewers", "Who checked", period.label, heads, found, note=note)


def _spread(ascending: list[float]) -> tuple[int | float | str | None, ...]:
    return len(ascending), rounded(at(ascending, 0.5)), rounded(at(ascending, 0.9))


def training(period: Period, *, now: datetime) -> Figure:
    """How far today's advisors are. 1 SQL."""
    day = today(now)
    here = Person.objects.filter(is_active=True, role=Role.ADVISOR)
    counts = here.aggregate(
        trained=Count("pk", filter=Q(trained_until__gt=day + SOON)),
        soon=Count("pk", filter=Q(trained_until__gte=day, trained_until__lte=day + SOON)),
        over=Count("pk", filter=Q(trained_until__lt=day)),
        never=Count("pk", filter=Q(trained_until=None)),
    )
    labels = {
        "trained": "Trained",
        "soon": "Runs out within 30 days",
        "over": "Ran out",
        "never": "Still learning",
    }
    rows: list[Row] = [(label, (counts[name],)) for name, label in labels.items()]
    return Figure("training", "Training", "Advisors today", ("Training", "Advisors"), rows)
