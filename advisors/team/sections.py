"""The pages of a volunteer's own side, in their order."""

from datetime import datetime

from advisors import roles
from advisors.models import Person, Role
from advisors.team import welcoming

WELCOME = {"url": "/desk/welcome/", "label": "First steps"}
ROOM = {"url": "/desk/room/", "label": "Team room"}
PROFILE = {"url": "/desk/profile/", "label": "My profile"}
TABS = [
    ROOM,
    {"url": "/desk/journey/", "label": "My journey"},
    {"url": "/desk/training/", "label": "Training"},
    {"url": "/desk/boundaries/", "label": "Boundaries and limits"},
    {"url": "/desk/turns/", "label": "When I'm here"},
    PROFILE,
]
# Whoever runs the service takes part in the room and answers no questions.
FOR_MANAGERS = [ROOM, PROFILE]


def of(person: Person, *, now: datetime) -> list[dict[str, str]]:
    """Those that open to this person, and the list of first steps until all of it is done. No SQL."""
    if person.role == Role.MANAGER:
        return FOR_MANAGERS
    first = [] if welcoming.is_done(person, now=now) else [WELCOME]
    closed = [ROOM] if roles.why_not_in_the_room(person, now=now) else []
    return first + [tab for tab in TABS if tab not in closed]
