"""What people here are called, and where they are written to: an alias that no two share, and addresses as kept."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from advisors.models import Invitation, Person
from askpeer import details, prose
from askpeer.errors import Refused

LONGEST_ALIAS = 40
LONGEST_EMAIL = 254


def clean_alias(alias: str, *, now: datetime, of: Person | None = None, but: Invitation | None = None) -> str:
    """The alias as it is kept, free for a newcomer, or for `of` who is here already. Raises Refused. 2 SQL.

    but: the invitation that has it and is being sent again.
    """
    alias = " ".join(prose.canonical(alias).split())
    if not alias:
        raise Refused("Give them an alias: the name that everybody else here will see.")
    if len(alias) > LONGEST_ALIAS:
        raise Refused(f"An alias can have {LONGEST_ALIAS} characters at most. This one has {len(alias)}.")
    if details.find(alias):
        raise Refused("Leave out how to reach anybody: an alias is a name alone.")
    namesakes = Person.objects.filter(alias__iexact=alias, is_active=True).exclude(pk__in=[of.pk] if of else [])
    invited = Invitation.objects.filter(alias__iexact=alias, accepted_at=None, expires_at__gt=now)
    invited = invited.exclude(pk=but.pk) if but else invited
    if namesakes.exists() or invited.exists():
        raise Refused(f"Somebody here is already called {alias}. Choose another alias.")
    return alias


def clean_email(email: str) -> str:
    """The address as it is kept. Raises Refused."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("Check the address: it should look like name@example.org.") from None
    if len(email) > LONGEST_EMAIL:
        raise Refused(f"An address can have {LONGEST_EMAIL} characters at most.")
    return email


def clean_guardian(email: str, *, of: str) -> str:
    """The address of a guardian of whoever has the address `of`: not that one. Raises Refused."""
    if not email.strip():
        raise Refused("Under 16 a guardian has to say yes first. Type the guardian's address.")
    email = clean_email(email)
    if email == of.lower():
        raise Refused("This is their own address. Type the guardian's: nobody says yes for themselves.")
    return email
