"""How the demo's people work: trained, on the rota, one of them away, and how they were yesterday."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice, takewhile

from advisors import inviting
from advisors.beside import lifting
from advisors.duty import handing_over, presence, rota
from advisors.models import Person, Role
from advisors.team import checking_in, debriefing, going, planning, training
from askpeer import calendars
from config.demo import practice
from config.demo.content import rows

TRAINED_AGO = timedelta(days=65)
AHEAD = timedelta(days=14)
A_MOMENT = timedelta(minutes=1)
TURNS = ("daniel", "ruth", "priya")
MEANT = (("sam", 1), ("jaz", 1), ("amira", 2))  # who means to be here, in how many days
FROM, UNTIL = time(16), time(17, 30)
ON_CALL = ("priya", "grace")
NIGHTS = 6
LEAVES_IN = timedelta(days=60)
NOTE = (
    "Quiet morning. Two drafts are close to their promise, so please look at those first. "
    "Jaz is writing on looking after a parent and would like company."
)


def train(people: dict[str, Person], now: datetime) -> None:
    """Each advisor passed all three tracks, as Daniel says. Sam practises on, and Ruth is ready to pass her first."""
    practice.answer_all(_advisors(people), by=people["daniel"], at=now - TRAINED_AGO)
    practice.answer_one_track(people["ruth"], "craft", by=people["priya"], at=now - TRAINED_AGO)
    practice.go_on(people["sam"], by=people["ruth"], now=now)
    for person in _advisors(people):
        for track in training.Track:
            training.pass_track(person=person, track=track, by=people["daniel"], now=now - TRAINED_AGO)
        person.refresh_from_db()


def be_there(people: dict[str, Person], now: datetime) -> None:
    """Somebody was on duty whenever anything was taken in the demo's past."""
    presence.go_on(person=people["daniel"], now=now)


def leave(people: dict[str, Person]) -> None:
    """Whoever wants to work in the demo begins with Start duty."""
    presence.go_off(person=people["daniel"])


def plan(people: dict[str, Person], now: datetime) -> None:
    """Two weeks of shifts, a week of nights on call, one absence, the note of the last shift, yesterday's check-ins."""
    manager = people["tom"]
    _plan_shifts(people, manager, now)
    _plan_on_call(people, manager, now)
    first = rota.today(now) + timedelta(days=6)
    rota.add_absence(person=people["callum"], first_day=first, last_day=first + timedelta(days=2), by=manager, now=now)
    handing_over.leave_note(text=NOTE, by=people["priya"], now=now - timedelta(hours=2))
    for row in rows("people", of="person"):
        if "mood" in row:
            checking_in.check_in(person=people[row["key"]], mood=row["mood"], now=now - timedelta(days=1))


def come_and_go(people: dict[str, Person], now: datetime) -> None:
    """Somebody of fifteen is invited, with a guardian to ask; somebody else has said their last day."""
    today = rota.today(now)
    inviting.invite(
        email="noor@askpeer.example",
        alias="Noor",
        role=Role.ADVISOR,
        born_on=date(today.year - 16, 12, 31),
        guardian_email="guardian@askpeer.example",
        by=people["tom"],
        now=now - timedelta(hours=3),
    )
    going.say(person=people["ffion"], day=today + LEAVES_IN, now=now)


def care(people: dict[str, Person], now: datetime) -> None:
    """Three mean to be here, Ffion has company again after a long time away, and Amira would like to talk."""
    for key, days in MEANT:
        day = rota.today(now) + timedelta(days=days)
        planning.plan(person=people[key], day=day, starts=FROM, ends=UNTIL, now=now)
    lifting.put_back(person=people["ffion"], why="away", by=people["ruth"], now=now)
    for offered in debriefing.offers(people["amira"], now=now)[:1]:
        debriefing.answer(debrief=offered, wanted=True, by=people["amira"], now=now)


def _advisors(people: dict[str, Person]) -> Iterator[Person]:
    return (person for person in people.values() if person.role == Role.ADVISOR)


def _plan_shifts(people: dict[str, Person], manager: Person, now: datetime) -> None:
    windows = takewhile(lambda window: window[0] < now + AHEAD, calendars.current().intervals(now))
    for (starts, ends), key in zip(windows, cycle(TURNS), strict=False):
        rota.add_shift(person=people[key], starts_at=starts, ends_at=ends, by=manager, now=now)


def _plan_on_call(people: dict[str, Person], manager: Person, now: datetime) -> None:
    """Somebody whenever the service is closed, for a week from now."""
    calendar, at = calendars.current(), now
    for key in islice(cycle(ON_CALL), NIGHTS):
        starts = calendar.next_close(at) if calendar.is_open(at) else at
        at = calendar.next_open(starts + A_MOMENT)
        rota.add_on_call(person=people[key], starts_at=starts, ends_at=at, by=manager, now=now)
