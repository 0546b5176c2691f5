"""Whether promises were kept, how long answers took, and why some were late. Of cases about staff the manager reads
nothing: none is counted, or one that came and went between two looks would tell of itself."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from advisors.managing.figures.figure import Figure, Row, at, percent, rounded
from advisors.managing.figures.period import Period
from askpeer import calendars
from questions import states
from questions.models import Round

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDED = Q(answered_at=None, question__status__in=[states.REDIRECTED, states.CLOSED, states.WITHDRAWN])
OPEN = Q(answered_at=None, question__status__in=states.UNFINISHED)
PAUSED = Q(question__status=states.PENDING_ASKER)
COUNTED = Q(question__about_staff=False)


def promises(period: Period, *, now: datetime) -> Figure:
    """Of the questions and follow-ups asked in the period, how many were answered when promised. 1 SQL."""
    counted = kept(period, now=now)
    due = counted["on_time"] + counted["late"]
    rows: list[Row] = [
        ("On time", (counted["on_time"], percent(counted["on_time"], due))),
        ("Late", (counted["late"], percent(counted["late"], due))),
        ("Not due yet", (counted["running"], "")),
        ("Ended without an answer", (counted["ended"], "")),
    ]
    note = "Late is after the promised time, or with a new date. Ended: redirected, closed or taken back by its asker."
    return Figure("promises", "Kept promises", period.label, ("Answer", "Rounds", "Share"), rows, note=note)


def kept(period: Period, *, now: datetime) -> dict[str, int]:
    """on_time, late, running and ended of the rounds asked in the period; together they are all of these. 1 SQL."""
    overdue = Q(due_at__lte=now, question__status__in=states.PROMISED)
    answered = Q(answered_at__isnull=False)
    return _asked(period).aggregate(
        on_time=Count("pk", filter=Q(answered_at__lte=F("due_at"), redated_at=None)),
        late=Count(
            "pk",
            filter=(answered & (Q(answered_at__gt=F("due_at")) | Q(redated_at__isnull=False)))
            | (OPEN & (overdue | Q(redated_at__isnull=False))),
        ),
        running=Count("pk", filter=OPEN & Q(redated_at=None) & (PAUSED | Q(due_at__gt=now))),
        ended=Count("pk", filter=ENDED),
    )


def _asked(period: Period) -> QuerySet[Round]:
    return Round.objects.order_by().filter(COUNTED, asked_at__gte=period.begins, asked_at__lt=period.ends)


def _answered(period: Period) -> QuerySet[Round]:
    return Round.objects.order_by().filter(COUNTED, answered_at__gte=period.begins, answered_at__lt=period.ends)


def speed(period: Period, *, now: datetime) -> Figure:
    """From asking to answer: half were within the one, nine in ten within the other. 1 SQL."""
    rows = _answered(period).values_list("asked_at", "answered_at")
    times = [(asked, answered) for asked, answered in rows if answered]
    hours = _sorted_hours(times)
    days = sorted((answered - asked) / DAY for asked, answered in times)
    found: list[Row] = [
        (name, (rounded(at(hours, share)), rounded(at(days, share))))
        for name, share in (("Half within", 0.5), ("9 in 10 within", 0.9), ("The longest", 1.0))
    ]
    note = f"{len(times):,} answers of the period, from asking to answer. A pause counts."
    heads = ("How long", "Working hours", "Days")
    return Figure("speed", "How long it took", period.label, heads, found, note=note)


def _sorted_hours(times: Sequence[tuple[datetime, datetime]]) -> list[float]:
    if not times:
        return []
    clock = Worked(min(asked for asked, _ in times), max(answered for _, answered in times))
    return sorted(clock.until(answered) - clock.until(asked) for asked, answered in times)


class Worked:
    """The hours that were staffed since a moment, looked up instead of reckoned anew for each of very many."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self.opens: list[datetime] = []
        self.closes: list[datetime] = []
        self.before = [0.0]  # hours that were staffed before each opening, and at the end
        calendar = calendars.current()
        while begins < ends:
            # The calendar looks 400 days ahead at once.
            until = min(begins + 300 * DAY, ends)
            for opens, closes in calendar.intervals(begins):
                if opens >= until:
                    break
                self._add(opens, min(closes, until))
            begins = until

    def _add(self, opens: datetime, closes: datetime) -> None:
        self.opens.append(opens)
        self.closes.append(closes)
        self.before.append(self.before[-1] + (closes - opens) / HOUR)

    def until(self, moment: datetime) -> float:
        """Staffed hours from the beginning to this moment."""
        place = bisect_right(self.opens, moment)
        if not place:
            return 0.0
        unspent = max(self.closes[place - 1] - moment, timedelta())
        return self.before[place] - unspent / HOUR


def late_reasons(period: Period, *, now: datetime) -> Figure:
    """Why promises of the period got a new date, as their askers read it. 1 SQL."""
    late = _asked(period).filter(redated_at__isnull=False)
    by_reason = dict(late.values_list("redated_for").annotate(Count("pk")))
    rows: list[Row] = [(str(label), (by_reason.get(value, 0),)) for value, label in Round.Why.choices]
    note = "Each broken promise gets one new date. Its asker reads this reason beside it."
    return Figure("late-reasons", "Why some were late", period.label, ("Reason", "Rounds"), rows, note=note)


def weeks(period: Period, *, now: datetime) -> Figure:
    """How many rounds were asked and answered in each week that the period touches. 2 SQL."""
    first = period.first - period.first.weekday() * DAY
    mondays = [first + number * 7 * DAY for number in range((period.last - first).days // 7 + 1)]
    asked = _by_week(_asked(period), "asked_at", mondays)
    answered = _by_week(_answered(period), "answered_at", mondays)
    labels = [f"{day.day} {day:%b}" for day in mondays]
    rows: list[Row] = [(label, pair) for label, pair in zip(labels, zip(asked, answered, strict=True), strict=True)]
    heads = ("Week of", "Asked", "Answered")
    return Figure("weeks", "Asked and answered", period.label, heads, rows, drawn="lines")


def _by_week(rounds: QuerySet[Round], moment: str, mondays: list[date]) -> list[int]:
    """How many of the rounds have this moment in each week. 1 SQL: SQLite truncates no date by itself."""
    spans = [Period(day, day + 6 * DAY) for day in mondays]
    within = [Q(**{f"{moment}__gte": span.begins, f"{moment}__lt": span.ends}) for span in spans]
    found = rounds.aggregate(**{f"week_{place}": Count("pk", filter=week) for place, week in enumerate(within)})
    return [found[f"week_{place}"] for place in range(len(mondays))]


BUCKETS = (
    ("Under a day", 0, 1),
    ("1 to 2 days", 1, 2),
    ("2 to 3 days", 2, 3),
    ("3 to 5 days", 3, 5),
    ("5 to 10 days", 5, 10),
    ("Over 10 days", 10, None),
)


def backlog(period: Period, *, now: datetime) -> Figure:
    """What waits for an answer at this moment, by how long ago it was asked. 1 SQL."""
    late = Q(due_at__lte=now, question__status__in=states.PROMISED)
    aged = [_aged(low, high, now) for _, low, high in BUCKETS]
    waiting = Round.objects.order_by().filter(COUNTED, OPEN, number=F("question__round_number"))
    counts = waiting.aggregate(
        **{f"all_{place}": Count("pk", filter=old) for place, old in enumerate(aged)},
        **{f"late_{place}": Count("pk", filter=old & late) for place, old in enumerate(aged)},
    )
    rows: list[Row] = [
        (label, (counts[f"all_{place}"], counts[f"late_{place}"])) for place, (label, _, _) in enumerate(BUCKETS)
    ]
    return Figure("backlog", "What waits now", "Right now", ("Asked", "Waiting", "Of these late"), rows)


def _aged(low: int, high: int | None, now: datetime) -> Q:
    """Asked at least low days ago and less than high."""
    old = Q(asked_at__lte=now - low * DAY) if low else Q()
    return old & Q(asked_at__gt=now - high * DAY) if high else old
