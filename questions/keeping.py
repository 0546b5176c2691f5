"""How long what was answered is kept: a change is looked at first, and its alarms are set anew at once."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max, Min

from askpeer import history
from askpeer.errors import Refused, Stale
from questions import deadlines, retaining
from questions.intake import kept
from questions.models import Question, Retention

CLOSE_DAYS, ERASE_DAYS = (7, 365), (30, 730)
SOON = timedelta(hours=1)
KINDS = ("close", "erase")
CHANGED = "Somebody changed this meanwhile. Look at what holds now, then try again."


class Effect(NamedTuple):
    """What other periods do to what runs now, for one of "close" and "erase": how many end within the hour by them and
    not by the present ones, from when until when their pages said that they would be there, and how many others end
    sooner or later than now. Cases about staff end with them and are not counted: beside the counts of Monday, which
    leave them out, one more would tell of it.
    """

    kind: str
    soon: int
    told_from: datetime | None
    told_until: datetime | None
    sooner: int
    later: int


def days() -> tuple[int, int]:
    """From an answer until its question closes, and from then until it is erased: as it holds, read anew. 1 SQL."""
    row = Retention.objects.order_by("pk").first()
    if row:
        return row.close_days, row.erase_days
    by = deadlines.kept_for()
    return by["close"].days, by["erase"].days


def check(*, close_days: int, erase_days: int) -> dict[str, timedelta]:
    """The periods by kind of alarm. Raises Refused outside the limits."""
    for value, (least, most), what in (
        (close_days, CLOSE_DAYS, "An answer can stay open"),
        (erase_days, ERASE_DAYS, "A closed question can stay"),
    ):
        if not least <= value <= most:
            raise Refused(f"{what} {least} to {most} days.")
    return {"close": timedelta(days=close_days), "erase": timedelta(days=erase_days)}


def effects(*, close_days: int, erase_days: int, now: datetime) -> list[Effect]:
    """One of each kind, against what holds now. 9 SQL. Raises Refused."""
    after = check(close_days=close_days, erase_days=erase_days)
    before = dict(zip(KINDS, (timedelta(days=count) for count in days()), strict=True))
    return [_effect(kind, before[kind], after[kind], now) for kind in KINDS]


def _effect(kind: str, before: timedelta, after: timedelta, now: datetime) -> Effect:
    rows = Question.objects.filter(alarm_kind=kind, about_staff=False)
    due = now + SOON
    soon = rows.filter(entered_at__lte=due - after, entered_at__gt=due - before)
    edges = soon.aggregate(first=Min("entered_at"), last=Max("entered_at"))
    first, last = (edge + before if edge else None for edge in (edges["first"], edges["last"]))
    count, others = soon.count(), rows.filter(entered_at__gt=due - before).count() if after != before else 0
    sooner, later = (others - count, 0) if after < before else (0, others)
    return Effect(kind, count, first, last, sooner, later)


@transaction.atomic
def change(*, close_days: int, erase_days: int, before: tuple[int, int], by: Any, now: datetime) -> int:
    """Let these periods hold, and set every alarm anew; return how many, without cases about staff. by is the manager.
    Raises Refused, and Stale where before, what the page was made from, is not what holds.

    A process that has read the former ones a moment ago goes by them for 30 seconds more; what it set is set anew by
    the hourly purge.
    """
    after = check(close_days=close_days, erase_days=erase_days)
    row = _locked()
    if (row.close_days, row.erase_days) != before:
        raise Stale(CHANGED)
    row.close_days, row.erase_days = close_days, erase_days
    row.save()
    kept.forget()
    transaction.on_commit(kept.forget)
    moved = (retaining.set_otherwise(kind, time).filter(about_staff=False) for kind, time in after.items())
    done = sum(rows.count() for rows in moved)
    retaining.settle()
    facts = {"close_days": close_days, "erase_days": erase_days, "alarms": done}
    history.record(subject="settings:retention", kind="retention set", actor=by.name, now=now, facts=facts)
    return done


def _locked() -> Retention:
    """The one row, held: of two who make the first at once, the second finds the other's."""
    close_days, erase_days = days()
    if not Retention.objects.exists():
        Retention.objects.get_or_create(pk=1, defaults={"close_days": close_days, "erase_days": erase_days})
    return Retention.objects.select_for_update(no_key=True).order_by("pk")[0]
