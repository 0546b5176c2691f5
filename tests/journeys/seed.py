"""What the journeys find when they begin: the tables, hours around the clock, topics, signposts, staff, and a partner.

Run inside the service's own environment: it prints how to sign in as JSON.
"""

import json
import secrets
from datetime import date, time, timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from advisors.duty.models import OnDuty
from advisors.models import Person, Role
from askpeer.models import OpeningWindow, ServiceCalendar
from config.demo import reference
from questions.partners import keys
from questions.partners.models import Partner

STAFF = {
    "ash": Role.ADVISOR,
    "bo": Role.ADVISOR,
    "sana": Role.SUPERVISOR,
    "tom": Role.SUPERVISOR,
    "lee": Role.LEAD,
    "mia": Role.MANAGER,
}


def main() -> None:
    print(json.dumps(begin()))


def begin() -> dict[str, Any]:
    """Make it all, and return how to sign in."""
    call_command("migrate", interactive=False, verbosity=0)
    open_around_the_clock()
    topics = reference.seed_topics()
    reference.seed_signposts(topics)
    reference.seed_risk_rules()
    password = secrets.token_urlsafe(16)
    people = {name: join(name, role, password) for name, role in STAFF.items()}
    keep_on_duty(people["sana"])
    reference.seed_wordings(people["sana"], people["tom"])
    partner = Partner.objects.create(name="Journey Club", slug="journey-club", kind=Partner.Kind.CLUB)
    key = keys.issue(partner=partner, scopes=["ask", "read", "publish"], now=timezone.now())
    emails = {name: person.email for name, person in people.items()}
    return {"password": password, "emails": emails, "partner_key": key}


def open_around_the_clock() -> None:
    """Every hour of every day and no holidays, so that no journey depends on the day it is run."""
    ServiceCalendar.objects.update(country="", subdivision="")
    OpeningWindow.objects.all().delete()
    calendar = ServiceCalendar.objects.get()
    OpeningWindow.objects.bulk_create(
        OpeningWindow(calendar=calendar, weekday=day, opens=time(0), closes=time(0)) for day in range(7)
    )


def keep_on_duty(person: Person) -> None:
    """On duty for a day, however quiet they are: advisors take nothing new without somebody there."""
    now = timezone.now()
    OnDuty.objects.create(person=person, since=now, seen_at=now + timedelta(days=1))


def join(name: str, role: Role, password: str) -> Person:
    now = timezone.now()
    advisor = role == Role.ADVISOR
    return Person.objects.create_user(
        f"{name}@askpeer.example",
        password,
        alias=name.capitalize(),
        role=role,
        born_on=date(2001, 3, 4) if advisor else None,
        trained_until=now.date() + timedelta(days=300) if advisor else None,
        agreed_on=now.date(),
        agreed_to="2026-11",
        vetted_on=now.date(),
        probation_lifted_on=now.date() if advisor else None,
        joined_at=now,
    )
