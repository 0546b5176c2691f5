"""Seeds the demo once, in one transaction, and remembers how to sign in."""

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from advisors.managing import languages
from advisors.models import Person
from askpeer import history
from askpeer.models import OutboxRow
from config.demo import library, lives, people, reference, room, team


def sheet() -> Path:
    """Where the sign-ins of this demo are kept, one for each database: a 0600 file outside every backup."""
    named = settings.DATABASES["default"]
    which = hashlib.sha256(f"{named.get('HOST')}/{named['NAME']}".encode()).hexdigest()[:8]
    return settings.HOME / "secrets" / ("demo.json" if settings.EMBEDDED else f"demo-{which}.json")


def is_seeded() -> bool:
    """Whether the demo is there; a sheet alone is what a run killed before its commit leaves."""
    return "people" in remembered() and Person.objects.exists()


def remembered() -> dict[str, Any]:
    """What the sheet says; nothing, where there is none or it was emptied."""
    try:
        return json.loads(sheet().read_text())
    except (FileNotFoundError, ValueError):
        return {}


@transaction.atomic
def seed(*, now: datetime) -> None:
    """Fill an empty service. Raises ValueError where somebody is there already: a demo is not mixed with real work."""
    if Person.objects.exists():
        raise ValueError("There are people in this database already. The demo is seeded into an empty one only.")
    topics = reference.seed_topics()
    reference.seed_signposts(topics)
    reference.seed_risk_rules()
    staff, signins = people.seed_people(now)
    team.train(staff, now)
    languages.switch_on(code="nl", country="BE", by=staff["tom"], now=now)
    partner, key = people.seed_partner(now)
    people.seed_school(staff)
    supervisors = [person for person in staff.values() if person.role == "supervisor"]
    reference.seed_wordings(supervisors[0], supervisors[1])
    reference.seed_waiting_text(staff["tom"], now)
    library.seed_library(topics, staff, now)
    team.be_there(staff, now)
    receipts = lives.seed_questions(topics, staff, partner, now)
    team.leave(staff)
    team.plan(staff, now)
    team.come_and_go(staff, now)
    team.care(staff, now)
    room.fill(staff, now)
    # Nobody is told today of what happened in the demo's past.
    OutboxRow.objects.update(state=OutboxRow.State.DROPPED, settled_at=now)
    remember(people=signins, partner_key=key, receipts=receipts)


def seal_its_past(*, now: datetime) -> None:
    """Seal the trail of what happened in the demo's past, as it would be by now."""
    while history.seal(now=now + history.SETTLE):
        pass


def remember(**known: Any) -> None:
    """Add this to the sheet, whole or not at all."""
    known = remembered() | known
    sheet().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = sheet().with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(known, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(sheet())
