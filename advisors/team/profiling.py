"""Who somebody is to the team: an alias, and a line of their own."""

from datetime import datetime

from django.db import transaction

from advisors.models import Person, Role
from advisors.naming import clean_alias
from advisors.team import guarding
from askpeer import details, history, prose
from askpeer.errors import Refused

LONGEST = 200
KINDS = {
    "phone": "phone numbers",
    "email": "e-mail addresses",
    "link": "links",
    "postcode": "postcodes",
    "handle": "user names",
    "name": "your own name",
    "school": "your school's name",
}


def change(*, person: Person, alias: str, about: str, now: datetime) -> list[str]:
    """Keep the alias and the line; return which of them changed. The team reads both, so what the room takes from
    nobody is not taken here either. Raises Refused.
    """
    if person.role == Role.TRUSTEE:
        raise Refused("This is not part of your role.")
    alias, about = alias.translate(guarding.BLANKS), clean_about(about)
    guarding.check(prose.canonical(alias), writer=person, before=[], now=now)
    guarding.check(about, writer=person, before=[prose.canonical(alias)], now=now)
    return _keep(person, alias, about, now)


@transaction.atomic
def _keep(person: Person, alias: str, about: str, now: datetime) -> list[str]:
    # Everybody is locked, in one order: of two who choose the same alias at once, one finds it taken.
    everybody = Person.objects.select_for_update(no_key=True).filter(is_active=True).order_by("pk")
    fresh = next((one for one in everybody if one.pk == person.pk), None)
    if fresh is None:
        raise Refused("This account is closed.")
    kept = {"alias": clean_alias(alias, now=now, of=fresh), "about": about}
    changed = sorted(name for name, value in kept.items() if getattr(fresh, name) != value)
    if changed:
        Person.objects.filter(pk=fresh.pk).update(**kept)
        history.record(subject=fresh.name, kind="changed", actor=fresh.name, now=now, facts={"fields": changed})
    return changed


def clean_about(about: str) -> str:
    """The line as it is kept. Raises Refused, also for what leads to them outside of here."""
    about = " ".join(prose.canonical(about.translate(guarding.BLANKS)).split())
    if len(about) > LONGEST:
        raise Refused(f"Your line can have {LONGEST} characters at most. This one has {len(about)}.")
    found = dict.fromkeys(KINDS[detail.kind] for detail in details.find(about))
    if found:
        raise Refused(f"Leave out {' and '.join(found)}: the team meets you here, and nowhere else.")
    return about
