"""Where each role's work begins, and the way between the staff's pages. Paths, not names: they are public."""

from datetime import datetime
from typing import Any

from advisors.models import Person, Role
from advisors.roles import REVIEWERS, is_kept_out, why_not_in_the_room, why_not_ready

TEAM_PAGES = ("room", "journey", "training", "boundaries", "turns", "profile", "welcome", "agreement", "leaving")
DESK = {"url": "/desk/", "label": "Desk"}
REVIEW = {"url": "/review/", "label": "Review"}
TRIAGE = {"url": "/review/triage/", "label": "About colleagues"}
MANAGE = {"url": "/manage/", "label": "Manage"}
TEAM = {
    "url": "/desk/room/",
    "label": "Team",
    "paths": [f"/desk/{name}/" for name in TEAM_PAGES],
}
WELCOME = "/desk/welcome/"
SIGN_IN = {"url": "/accounts/2fa/", "label": "My sign-in"}

HOMES = {
    Role.ADVISOR: DESK["url"],
    Role.SUPERVISOR: REVIEW["url"],
    Role.LEAD: REVIEW["url"],
    Role.TRUSTEE: TRIAGE["url"],
    Role.MANAGER: MANAGE["url"],
}
PAGES: dict[Role, list[dict[str, Any]]] = {
    Role.ADVISOR: [DESK, TEAM, SIGN_IN],
    Role.SUPERVISOR: [REVIEW, DESK, TEAM, SIGN_IN],
    Role.LEAD: [REVIEW, DESK, TEAM, SIGN_IN],
    Role.TRUSTEE: [TRIAGE, SIGN_IN],
    Role.MANAGER: [MANAGE, TEAM, SIGN_IN],
}


def home_of(person: Person, *, now: datetime) -> str:
    """The path of this person's first page; for a newcomer, what stands between them and their first answer, and for a
    reviewer what keeps their pages closed. A trustee's says so itself: no other page of theirs does.
    """
    if person.role in REVIEWERS:
        return WELCOME if why_not_ready(person, now=now) else HOMES[Role(person.role)]
    is_new = person.role == Role.ADVISOR and person.agreed_on is None
    return WELCOME if is_new else HOMES[Role(person.role)]


def pages_of(person: Person, *, now: datetime) -> list[dict[str, Any]]:
    """The links of their navigation: [{"url", "label"}, …], without what is closed to them yet. No SQL."""
    pages = PAGES[Role(person.role)]
    if is_kept_out(person, now=now):
        pages = [page for page in pages if page not in (REVIEW, TRIAGE)]
    if TEAM in pages and why_not_in_the_room(person, now=now):
        pages = [page | {"url": WELCOME} if page is TEAM else page for page in pages]
    return pages
