"""Who asked, about what, and what they said of the answers: of whole months alone, small numbers hidden.

Of cases about staff none is counted: beside the promises and weeks of the same month one more would tell of it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from advisors.managing.figures.figure import Figure, Row, parts, percent
from advisors.managing.figures.hiding import LEAST
from advisors.managing.figures.period import Period, told_of_askers
from questions import states
from questions.models import Feedback, Question, Topic
from questions.partners.models import Partner

ERASED = "Erased since"
LEVELS = {states.GREEN: "Green", states.AMBER: "Amber", states.RED: "Red"}
AGES = {"rather-not-say": "Rather not say"}
NATIONS = {
    "GB-ENG": "England",
    "GB-SCT": "Scotland",
    "GB-WLS": "Wales",
    "GB-NIR": "Northern Ireland",
    "BE-VLG": "Flanders",
    "BE-BRU": "Brussels",
    "BE-WAL": "Wallonia",
    "": "Not said",
}
LANGUAGES = {"en": "English", "nl": "Dutch"}
ELSEWHERE = "Somewhere else"
SAID = {"felt_heard": "Felt heard", "next_step": "Know a next step", "knew_checked": "Knew an expert checks"}
HEADS = ("Questions", "Share")
STEP = 5  # in which those are counted that erasing takes out of their row


def topics(period: Period, *, now: datetime) -> Figure:
    """2 SQL."""
    labels = dict(Topic.objects.values_list("pk", "label"))
    counts = _counted(period, "topic", now=now)
    rows = [(label, counts.get(pk, 0)) for pk, label in labels.items()]
    return _figure("topics", "What it was about", "Topic", period, now, [*rows, ("No topic", counts.get(None, 0))])


def levels(period: Period, *, now: datetime) -> Figure:
    """1 SQL."""
    counts = _counted(period, "level", now=now)
    rows = [(label, counts.get(level, 0)) for level, label in LEVELS.items()]
    return _figure("levels", "Levels", "Level", period, now, rows)


def ages(period: Period, *, now: datetime) -> Figure:
    """1 SQL."""
    counts = _counted(period, "age_band", now=now)
    # Nobody under 11 can ask: a row that is known to be 0 hides no other one.
    rows = [(AGES.get(band, band), counts.get(band, 0)) for band in states.AGE_BANDS if band != "under-11"]
    rows.append((ERASED, counts.get(None, 0)))
    return _in_steps(_figure("ages", "Ages", "Age", period, now, rows, step=STEP))


def nations(period: Period, *, now: datetime) -> Figure:
    """1 SQL."""
    counts = _counted(period, "nation", now=now)
    rows = [(label, counts.pop(nation, 0)) for nation, label in NATIONS.items()]
    erased = counts.pop(None, 0)
    rows += [(ELSEWHERE, sum(counts.values())), (ERASED, erased)]
    return _in_steps(_figure("nations", "Where they live", "Nation", period, now, rows, step=STEP))


def languages(period: Period, *, now: datetime) -> Figure:
    """1 SQL."""
    counts = _counted(period, "language", now=now)
    rows = [(label, counts.pop(code, 0)) for code, label in LANGUAGES.items()]
    # There is one only where we had another language once; a row that is known to be 0 hides no other one.
    rows += [("Another", sum(counts.values()))] if counts else []
    return _figure("languages", "Languages", "Language", period, now, rows)


def partners(period: Period, *, now: datetime) -> Figure:
    """By whom a question came; one that only followed a partner's button and was erased counts as ours, so that an
    exact number would say by which partner's whoever erased one just now had come. 2 SQL.
    """
    names = Partner.objects.order_by("name", "pk").values_list("pk", "name")
    counts = _counted(period, "partner", now=now)
    rows = [("Our own pages", counts.get(None, 0)), *((name, counts.get(pk, 0)) for pk, name in names)]
    return _in_steps(_figure("partners", "How they came", "Way", period, now, rows, step=STEP))


def feedback(period: Period, *, now: datetime) -> Figure:
    """What those who left feedback in the month said yes to; the rest said no, or nothing to this. 1 SQL."""
    month = told_of_askers(period, now=now)
    whole, said = answers(month)
    rows: list[Row] = [(label, (share(said[name], whole, step=STEP),)) for name, label in SAID.items()]
    note = f"The share of those who left feedback, in steps of {STEP}; whoever said nothing to this counts as no."
    heads = ("What they said", "Share who said yes")
    return Figure("feedback", "What askers said", month.label, heads, rows, drawn="shares", note=note)


def answers(month: Period) -> tuple[int, dict[str, int]]:
    """How many left feedback in the month, and how many said yes to each. 1 SQL."""
    told = Feedback.objects.filter(round__question__about_staff=False)
    sent = told.filter(sent_at__gte=month.begins, sent_at__lt=month.ends)
    found = sent.aggregate(whole=Count("pk"), **{name: Count("pk", filter=Q(**{name: True})) for name in SAID})
    return found.pop("whole"), found


def share(yes: int, whole: int, *, step: int = 1) -> str | None:
    """Yes as a share of a whole whose size may be known: exact where no part is under 10; None where yes is.

    step: both are rounded down to it first, where erasing takes somebody out of them; an exact share would say what
    whoever erased a question just now had said.
    """
    if whole < LEAST or yes < LEAST:
        return None
    is_known = whole - yes >= LEAST
    yes, whole = yes - yes % step, whole - whole % step
    return percent(yes, whole) if is_known else f"{_least_share(whole)} % or more"


def _least_share(whole: int) -> int:
    return max(whole - LEAST + 1, 0) * 100 // whole


def _counted(period: Period, field: str, *, now: datetime) -> dict[object, int]:
    """How many questions of the month have each value: of those erased since too. 1 SQL."""
    return dict(asked(told_of_askers(period, now=now)).values_list(field).annotate(Count("pk")))


def asked(month: Period) -> QuerySet[Question]:
    """The questions of the month that a manager may count, those erased since too."""
    told = Question.objects.order_by().filter(about_staff=False)
    return told.filter(asked_at__gte=month.begins, asked_at__lt=month.ends)


def _figure(
    name: str, title: str, head: str, period: Period, now: datetime, counted: Iterable[tuple[str, int]], step: int = 1
) -> Figure:
    month = told_of_askers(period, now=now)
    return Figure(name, title, month.label, (head, *HEADS), parts(counted, step=step))


def _in_steps(figure: Figure) -> Figure:
    """Erasing takes a question out of its row: an exact one would say of what age whoever erased one just now was."""
    return figure._replace(note=f"In steps of {STEP}, rounded down.")
