"""The machinery in words: each part, whether it is well, and what to do where it is not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from askpeer import calendars, standing
from questions import replaying
from questions.models import Question, Reminder

OVERDUE = timedelta(minutes=5)
SLOW = timedelta(minutes=5)
SEALING = timedelta(hours=1)
APART = timedelta(seconds=30)
LEAST_DISK = 1024**3  # bytes
VENDORS = {"sqlite": "SQLite, on this machine", "postgresql": "PostgreSQL"}


class Part(NamedTuple):
    """One part of the machinery: how it is, in words, and what to do where it is not well."""

    name: str
    is_well: bool
    said: str
    to_do: str


def parts(*, now: datetime) -> list[Part]:
    """All of them, in the order in which one would look. 10 SQL, and some for the ledger."""
    return [*_around(), *_work(now), *_trail(now), *_data(now)]


def _around() -> Iterator[Part]:
    yield Part("Database", True, f"{VENDORS.get(connection.vendor, connection.vendor)}. It answers.", "")
    for name, answers in (("Broker", standing.broker), ("Cache", standing.cache)):
        is_up = answers() == "up"
        yield Part(name, is_up, "It answers." if is_up else "Nothing answers there.", WITHOUT[name])


WITHOUT = {
    "Broker": "Start it again, or look at REDIS_URL. Meanwhile everything goes on, only later.",
    "Cache": "Start it again, or look at REDIS_URL. Meanwhile nobody is held up, and nothing holds up a flood.",
}


def _work(now: datetime) -> Iterator[Part]:
    swept = standing.swept(now=now)
    last = f"The last one ended {_ago(now, swept.at)}." if swept.at else "None has ended since the service is here."
    start = "Look whether beat and a worker run, and start them again. By hand: manage.py sweep."
    yield Part("Sweep", not swept.is_late, last, start)
    overdue = Question.objects.filter(alarm_at__lte=now).order_by("alarm_at").values_list("alarm_at", flat=True).first()
    said = f"The oldest alarm was due {_ago(now, overdue)}." if overdue else "No alarm is overdue."
    yield Part("Alarms", _is_fresh(overdue, OVERDUE, now), said, start)
    box = standing.outbox(now=now)
    since = f" The oldest was due {_ago(now, box.oldest_due)}." if box.oldest_due else ""
    mail = "Open Failed deliveries: it says why. Look whether the mail server answers, and at EMAIL_URL."
    well = _is_fresh(box.oldest_due, SLOW, now) and not box.dead
    yield Part("Outbox", well, f"{box.waiting} wait to leave, {box.dead} were given up.{since}", mail)
    untold = Reminder.objects.filter(told_at=None, superseded=False)
    oldest = untold.order_by("made_at").values_list("made_at", flat=True).first()
    waits = f"The oldest waits since {_at(oldest)}." if oldest else "None waits."
    yield Part("Reminders", True, f"{waits} Those that are not red wait for opening hours.", "")


def _trail(now: datetime) -> Iterator[Part]:
    found = standing.trail()
    last = f"Seal {found.number}, {_ago(now, found.sealed_at)}." if found.sealed_at else "There is no seal yet."
    said = f"{last} {found.unsealed} entries wait for the next."
    to_do = "Look whether a worker runs. Then ask whoever runs the machine for manage.py verify_history."
    yield Part("Trail", _is_fresh(found.oldest, SEALING, now), said, to_do)
    why = standing.why_ledger_will_not_do() or _not_replayed()
    bring = "Change nothing and restart nothing. Ask whoever runs the machine to bring it back from its copy."
    yield Part("Ledger of erasures", not why, why or "It is there and agrees with the database.", bring)


def _not_replayed() -> str:
    behind = replaying.behind()
    return f"{behind} things that were erased or ended are here again." if behind else ""


def _data(now: datetime) -> Iterator[Part]:
    free = standing.free_disk()
    if free is not None:
        room = "Make room on the disk, or move the data. A full disk stops every question."
        yield Part("Disk", free >= LEAST_DISK, f"{free / 1024**3:.1f} GB are free.", room)
    lacking = standing.unapplied()
    said = f"These are not in the database: {', '.join(lacking)}." if lacking else "The database is up to date."
    yield Part("Version of the data", not lacking, said, "Run manage.py migrate, then restart every process.")
    apart = standing.clocks_apart(now=now)
    is_well = abs(apart) <= APART
    ahead = "ahead of" if apart > timedelta() else "behind"
    off = f"The database's clock is {_length(abs(apart))} {ahead} this machine's."
    set_it = "Set both by a time server. Promises and reminders go by this machine's clock."
    yield Part("Clocks", is_well, "Database and this machine agree." if is_well else off, set_it)


def _is_fresh(moment: datetime | None, within: timedelta, now: datetime) -> bool:
    return moment is None or now - moment <= within


def _ago(now: datetime, moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f"{_length(now - moment)} ago" if moment <= now else "in the future"


def _length(time: timedelta) -> str:
    """4 s, 12 min, 3 h, 9 days"""
    seconds = int(time.total_seconds())
    sizes = ((2 * 86400, 86400, "days"), (7200, 3600, "h"), (120, 60, "min"))
    return next((f"{seconds // size} {name}" for least, size, name in sizes if seconds >= least), f"{seconds} s")


def _at(moment: datetime) -> str:
    local = calendars.current().local(moment)
    return f"{local.day} {local:%B}, {local:%H:%M}"
