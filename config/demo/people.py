"""The demo's staff and its partner. Passwords are made when the demo is seeded and are different everywhere."""

import json
import re
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from advisors.beside.probation import FIRST
from advisors.models import AGREEMENT, Person, Role
from advisors.team import profiling
from config.demo.content import rows
from questions.models import Signpost
from questions.partners import keys
from questions.partners.models import Partner

JOINED_AGO, VETTED_FOR, PROBATION = timedelta(days=200), timedelta(days=3 * 365), timedelta(days=40)
SIGNPOSTS = ("carers-trust", "youngminds")


def seed_people(now: datetime) -> tuple[dict[str, Person], list[dict[str, str]]]:
    """Everybody by key, and how each signs in: [{"role", "email", "password"}]."""
    people, signins = {}, []
    for row in rows("people", of="person"):
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        people[row["key"]] = _seed_person(row, password, now)
        signins.append({"role": row["role"], "email": row["email"], "password": password})
    for row in rows("people", of="person"):
        _give_a_buddy(people[row["key"]], people.get(row.get("buddy", "")))
    return people, signins


def _seed_person(row: dict[str, Any], password: str, now: datetime) -> Person:
    advisor, joined = row["role"] == Role.ADVISOR, (now - JOINED_AGO).date()
    born = date(row["birth_year"], 1, 15) if advisor else None
    person = Person(
        email=row["email"],
        alias=row["alias"],
        role=row["role"],
        deputy=row["role"] == Role.SUPERVISOR and row.get("deputy", False),
        born_on=born,
        guardian_consent_on=now.date() if row.get("under18") else None,
        answers_given=row.get("answers_before", 0),
        languages=row.get("languages", ["en"]),
        joined_at=now - JOINED_AGO,
        agreed_on=joined,
        agreed_to=AGREEMENT,
        vetted_on=joined,
        vetted_until=joined + VETTED_FOR,
        vetting="Checks as the demo has them, not confirmed",
        probation_lifted_on=joined + PROBATION if row.get("answers_before", 0) >= FIRST else None,
        boundaries=json.dumps(_boundaries(row)),
        about=_line(row["bio"]),
    )
    person.set_password(password)
    person.save()
    return person


def _line(bio: str) -> str:
    """As many of its sentences as a profile's line has room for."""
    line = ""
    for sentence in re.split(r"(?<=\.) ", bio):
        if len(longer := f"{line} {sentence}".strip()) > profiling.LONGEST:
            break
        line = longer
    return profiling.clean_about(line)


def _give_a_buddy(person: Person, buddy: Person | None) -> None:
    if buddy:
        person.buddy = buddy
        person.save(update_fields=["buddy"])


def _boundaries(row: dict[str, Any]) -> dict[str, str]:
    never = dict.fromkeys(row.get("topics_never", []), "never")
    return never | dict.fromkeys(row.get("topics_ask", []), "ask")


def seed_partner(now: datetime) -> tuple[Partner, str]:
    """A youth portal with its look and a service of its own choice, and the key it asks and reads with."""
    partner = Partner.objects.create(
        name="Rookery Youth Portal",
        slug="rookery",
        kind=Partner.Kind.PORTAL,
        origins=["https://www.rookery.example"],
        colour="#5b3b8c",
    )
    partner.signposts.set(Signpost.objects.filter(slug__in=SIGNPOSTS))
    return partner, keys.issue(partner=partner, scopes=["ask", "read", "publish"], now=now)


def seed_school(people: dict[str, Person]) -> None:
    """A school without a key, and the advisor who goes there: no question that came through it ever reaches them."""
    jaz = people["jaz"]
    jaz.partner = Partner.objects.create(name="Northgate School", slug="northgate", kind=Partner.Kind.SCHOOL)
    jaz.save(update_fields=["partner"])
