"""What stands before a fault: the journeys' service, many who answer, partners, and questions of some days ago.

Run inside the service's own environment: it prints how to sign in, and what will be late and when, as JSON.
"""

import json
import time
from datetime import timedelta

from django.utils import timezone

from advisors.models import Role
from questions.intake import asking
from questions.intake.models import IntakeLimits
from questions.partners import keys
from questions.partners.models import Partner
from tests.journeys import seed

DAYS_AGO = timedelta(days=4)
PARTNERS = 8  # one key may ask 300 times a minute


def main(*, teams, old, seconds):
    """teams: how many pairs of an advisor and a supervisor. Of the old questions one after the other becomes late, the
    last of them so many seconds from now.
    """
    found = seed.begin()
    IntakeLimits.objects.update_or_create(pk=1, defaults={"answers_a_day": 10_000})
    for number in range(teams):
        for name, role in (("advisor", Role.ADVISOR), ("supervisor", Role.SUPERVISOR)):
            person = seed.join(f"{name}{number}", role, found["password"])
            found["emails"][f"{name}{number}"] = person.email
    found["partner_keys"] = [_key(number) for number in range(PARTNERS)]
    found["old"] = [_late_in(seconds * number / old, number) for number in range(old)]
    print(json.dumps(found))


def _key(number):
    partner = Partner.objects.create(name=f"Club {number}", slug=f"club-{number}", kind=Partner.Kind.CLUB)
    return keys.issue(partner=partner, scopes=["ask", "read"], now=timezone.now())


def _late_in(seconds, number):
    """A question that was promised an answer by then, whose asker is told that it is late."""
    now, email = timezone.now(), f"late{number}@asker.example"
    asked = asking.ask(
        text=f"I sit alone on the bus to school. It is day {number}.",
        age_band="16-17",
        email=email,
        now=now - DAYS_AGO,
        promised_at=now + timedelta(seconds=seconds),
    )
    return {"id": str(asked.question.pk), "email": email, "due": time.time() + seconds}
