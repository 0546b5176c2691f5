"""What a manager did that opens doors to somebody: others hear of it by mail, so that it never happens unseen.

Names are aliases. Each outbox row is for one person, so that a failed mail is tried again for that person alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from advisors import doors, roles
from advisors.models import Person, Role
from askpeer import outbox
from askpeer.mail import Mail

ROLE, ADDRESS = "role-changed", "address-changed"
WATCHING = frozenset({Role.LEAD, Role.MANAGER})


def new_role(person: Person, *, by: Person, now: datetime) -> None:
    """Tell the other leads and trustees that somebody is one now, by another role or by an invitation of by's, in the
    transaction that makes them one. 2 SQL.
    """
    others = Person.objects.filter(is_active=True, role__in=roles.SAFEGUARDING).exclude(pk=person.pk)
    _put(ROLE, person, others, by, now, role=str(person.role))


def new_address(person: Person, *, by: Person, now: datetime) -> None:
    """Tell them at the new address, and each lead and each other manager, in the transaction that changes it; of a
    lead's or a trustee's each trustee too, as of such a role. 2 SQL.

    The old address gets nothing: it is kept nowhere once it was changed, and a row that waits holds ids alone.
    """
    watching = Person.objects.filter(Q(pk=person.pk) | Q(role__in=_watch_over(person)), is_active=True)
    _put(ADDRESS, person, watching.exclude(~Q(pk=person.pk), pk=by.pk), by, now)


def _watch_over(person: Person) -> frozenset[Role]:
    """Whose mail says that this person's address is another."""
    return WATCHING | roles.SAFEGUARDING if person.role in roles.SAFEGUARDING else WATCHING


def _put(kind: str, person: Person, people: Iterable[Person], by: Person, now: datetime, **more: str) -> None:
    refs = {"of": str(person.pk), "by": str(by.pk), **more}
    keyed = {f"{kind}:{person.pk}:{now:%Y%m%d%H%M%S%f}:{one.pk}": refs | {"person": str(one.pk)} for one in people}
    outbox.put_all(kind, keyed, now=now)


def role_letter(refs: dict[str, Any], *, key: str, now: datetime) -> Mail | None:
    """To one lead or trustee; None where they are none any more, or the other has left or is none by now. 1 SQL."""
    reader, person, by = _people(refs)
    if not reader.is_active or reader.role not in roles.SAFEGUARDING:
        return None
    if not person.is_active or person.role != refs["role"]:
        return None
    which = "the safeguarding lead" if person.role == Role.LEAD else "a trustee"
    said = f"{by.alias} made {person.alias} {which}, who reads about colleagues."
    return _mail(reader, "Somebody has a new role", f"{said} {_unexpected(person)}", key, now)


def address_letter(refs: dict[str, Any], *, key: str, now: datetime) -> Mail | None:
    """To them, or to one who watches over it; None where that is nobody such any more, or has left. 1 SQL."""
    reader, person, by = _people(refs)
    if not reader.is_active or not person.is_active:
        return None
    if reader == person:
        said = f"{by.alias} changed your address here to this one. You sign in with it from now on."
        return _mail(reader, "Your new address", f"{said} If you did not ask for it, talk to your lead.", key, now)
    if reader.role not in _watch_over(person):
        return None
    said = f"{by.alias} changed the address of {person.alias}, who signs in with another one from now on."
    return _mail(reader, "Somebody has a new address", f"{said} {_unexpected(person)}", key, now)


def _unexpected(person: Person) -> str:
    return f"If you did not expect it, ask {person.alias} in person."


def _people(refs: dict[str, Any]) -> list[Person]:
    """Who reads it, whom it is about, and who did it, who may have left by now."""
    found = Person.objects.in_bulk([UUID(refs[name]) for name in ("person", "of", "by")])
    return [found[UUID(refs[name])] for name in ("person", "of", "by")]


def _mail(reader: Person, subject: str, body: str, key: str, now: datetime) -> Mail:
    home = doors.home_of(reader, now=now)
    return Mail(reader.email, subject, f"Hello {reader.alias},\n\n{body}\n\n{settings.SITE_URL}{home}\n", key)
