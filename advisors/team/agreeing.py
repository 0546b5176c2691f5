"""How we work here, and that somebody agrees to it, in exactly the wording that they read."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from advisors.models import AGREEMENT, Person, Role
from askpeer import history
from askpeer.errors import Refused, Stale
from questions import holding


class Clause(NamedTuple):
    """One of the six: what it says, and what is ticked."""

    name: str
    heading: str
    sentences: tuple[str, ...]
    tick: str


# A change of meaning needs a new AGREEMENT: then everybody is asked again before they take the next question.
CLAUSES = (
    Clause(
        "confidential",
        "What you read stays here",
        (
            "You read things that nobody else knows. You tell nobody, at home or online, not even without a name.",
            "You don't copy a question, photograph it or keep notes of it.",
            "You read where nobody looks over your shoulder.",
        ),
        "I keep what I read to myself.",
    ),
    Clause(
        "kind",
        "Kind, whoever writes",
        (
            "You write as you would want to be written to: warm, honest, with no blame and no lecture.",
            "You don't judge who somebody is, whom they love, what they believe or what they did.",
        ),
        "I write with kindness to everybody.",
    ),
    Clause(
        "limits",
        "What you never promise",
        (
            "You never promise to keep a secret, that all will be well, or that you will always be there.",
            "You give no diagnosis and no medicine.",
            "You never meet or message somebody who asks, and you never say who or where you are.",
        ),
        "I know what I never promise.",
    ),
    Clause(
        "safe",
        "Worried? Tell a supervisor",
        (
            "When somebody may be in danger you tell a supervisor at once, also when you are not sure.",
            "You never look into it by yourself. When you think you know who wrote, you say so and stop reading.",
        ),
        "I tell a supervisor as soon as I'm worried.",
    ),
    Clause(
        "yourself",
        "You matter too",
        (
            "You keep away from topics that are too close to you, and you take breaks.",
            "You press the support button when it is a lot.",
            "Nobody asks why, and nobody counts it.",
        ),
        "I look after myself, and ask for support.",
    ),
    Clause(
        "leaving",
        "You can stop at any time",
        (
            "You can hand back a question, take a break or leave for good on any day, and give no reason.",
            "What you read stays confidential after you leave.",
        ),
        "I know that I can stop, and that what I read stays private.",
    ),
)
CHANGED = "The wording changed while you were reading. Please read it as it is now."


def has_agreed(person: Person) -> bool:
    """Whether they agreed to today's wording."""
    return person.agreed_on is not None and person.agreed_to == AGREEMENT


@transaction.atomic
def agree(*, person: Person, wording: str, ticked: Collection[str], now: datetime) -> bool:
    """Agree to all six; wording is the one that was read. Returns whether it is new: pressed twice, it counts once.

    Raises Refused, Stale where there is another wording by now.
    """
    if person.role == Role.TRUSTEE:
        raise Refused("This is not part of your role.")
    if wording != AGREEMENT:
        raise Stale(CHANGED)
    if {clause.name for clause in CLAUSES} - set(ticked):
        raise Refused("Tick each of the six once you have read it.")
    rows = Person.objects.filter(pk=person.pk, is_active=True).exclude(agreed_to=AGREEMENT)
    if not rows.update(agreed_on=holding.today(now), agreed_to=AGREEMENT):
        return False
    history.record(subject=person.name, kind="agreed", actor=person.name, now=now, facts={"wording": AGREEMENT})
    return True
