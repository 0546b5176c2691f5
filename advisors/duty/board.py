"""What the duty board says about people: who is here, whose turn it is, who comes next, who is away."""

from datetime import datetime
from typing import NamedTuple

from advisors.duty import clock, handing_over, presence, rota
from advisors.duty.models import ShiftNote
from advisors.models import Person


class Turn(NamedTuple):
    """Somebody's turn that has not begun, and when it does, in words."""

    person: Person
    when: str


class Board(NamedTuple):
    """mine: whether the reader is on duty. note_when: when the note was written, in words."""

    mine: bool
    on_now: list[Person]
    on_shift: list[Person]
    next_shift: Turn | None
    on_call: list[Person]
    next_on_call: Turn | None
    away: list[Person]
    note: ShiftNote | None
    note_when: str


def read(person: Person, *, now: datetime) -> Board:
    """The board as this reviewer reads it. 7 SQL."""
    here, note = presence.on_now(now=now), handing_over.newest_note()
    shift, call = rota.next_shift(now=now), rota.next_on_call(now=now)
    return Board(
        mine=person in here,
        on_now=here,
        on_shift=rota.on_shift(now=now),
        next_shift=Turn(shift.person, clock.said(shift.starts_at)) if shift else None,
        on_call=rota.on_call(now=now),
        next_on_call=Turn(call.person, clock.said(call.starts_at)) if call else None,
        away=rota.away(rota.today(now)),
        note=note,
        note_when=clock.said(note.written_at) if note else "",
    )
