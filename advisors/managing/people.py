"""What a manager changes of somebody: who they are, their role, their age, their checks, and what they answer.

Somebody comes in by invitation and goes by leaving, so neither is done here. Each verb names what its page was made
from (`seen`): where that holds no more, it raises Stale. The trail gets the names of the fields, never what is in them.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from advisors import inviting, naming, roles, sessions
from advisors.drafting import claiming, unsent, unsigning
from advisors.duty import presence, rota
from advisors.managing import announcing, languages
from advisors.models import Person, Role
from askpeer import history, prose
from askpeer.errors import Misfit, Refused, Stale
from questions import holding
from questions.partners.models import Partner

# What each form of a person's page shows, and each verb here writes.
PARTS = {
    "who": ("alias", "email"),
    "role": ("role", "deputy"),
    "age": ("born_on", "guardian_consent_on"),
    "checks": ("vetted_on", "vetted_until", "vetting"),
    "work": ("languages", "partner_id", "buddy_id"),
}
# What decides which questions a person may hold.
FITS = frozenset({"born_on", "guardian_consent_on", "languages", "partner_id", "role"})
VETTING = 80  # characters
LIKE_A_NUMBER = re.compile(r"\d(?:[ -]?\d){5}")
ONLY_MANAGER = (
    "{} is the only manager: nobody could invite people, change hours or end accounts then. Make somebody else a "
    "manager first."
)
NO_BUDDY = (
    "A buddy is somebody else who works here, answers or checks questions, is 18 or over, and whose checks are "
    "recorded and hold. An advisor has to be trained, too."
)
A_NUMBER = "Leave the number out: no certificate's number is kept here. Days go into their own boxes."


class Changed(NamedTuple):
    """Which fields, and how much of what they may not hold or have signed any more was let go with that; of cases about
    staff, of which a manager reads nothing, none is counted.
    """

    fields: list[str]
    questions: int = 0
    signatures: int = 0
    own_words: int = 0
    turns: int = 0


@contextmanager
def _at(field: str) -> Iterator[None]:
    """A refusal in here is about this field."""
    try:
        yield
    except Refused as refusal:
        raise Misfit(field, str(refusal)) from None


def mark(person: Person, part: str) -> str:
    """By this a form knows whether what it was made from still holds."""
    values = [str(getattr(person, name)) for name in PARTS[part]]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


@transaction.atomic
def set_who(*, person: Person, alias: str, email: str, seen: str, by: Person, now: datetime) -> Changed:
    """Give somebody another alias or address; return what changed. The old address opens nothing any more.

    Of another address they, the leads and the other managers hear by mail, of a lead's or a trustee's the trustees too.
    Raises Refused, Stale.
    """
    row = _lock(person, "who", seen, by)
    wanted = {}
    with _at("alias"):
        wanted["alias"] = naming.clean_alias(alias, now=now, of=row)
    with _at("email"):
        wanted["email"] = naming.clean_email(prose.canonical(email))
    taken = "There is already somebody with this address."
    if Person.objects.filter(email__iexact=wanted["email"]).exclude(pk=row.pk).exists():
        raise Misfit("email", taken)
    try:
        with transaction.atomic():
            changed = _save(row, wanted, by=by, now=now)
    except IntegrityError:
        raise Misfit("email", taken) from None
    if "email" in changed.fields:
        # allauth keeps the address it first saw; with that row gone, the old address opens nothing any more.
        EmailAddress.objects.filter(user=row).delete()
        announcing.new_address(row, by=by, now=now)
    return changed


@transaction.atomic
def sign_out(*, person: Person, by: Person, now: datetime) -> int:
    """End every session of somebody's, and with them their duty; return how many there were. Raises Refused."""
    roles.check_manager(by)
    count = sessions.end(person, now=now)
    presence.go_off(person=person)
    history.record(subject=person.name, kind="signed out", actor=by.name, now=now, facts={"places": count})
    return count


@transaction.atomic
def set_role(*, person: Person, role: str, deputy: bool, seen: str, by: Person, now: datetime) -> Changed:
    """Give somebody another role; what they may not hold or have signed any more is let go. Return what changed.

    Who neither writes nor checks any more is nobody's buddy. Of a new lead or trustee the others hear by mail. Nobody
    does this for themselves: a manager could read what is kept among few then, and nobody would have to agree. Raises
    Refused, Stale.
    """
    row = _lock(person, "role", seen, by, *Person.objects.filter(buddy=person), and_managers=True)
    if role not in Role.values:
        raise Refused("Choose a role from the list.")
    if deputy and role != Role.SUPERVISOR:
        raise Misfit("deputy", "Only a supervisor is the lead's deputy. Untick it, or leave them a supervisor.")
    if role != row.role:
        with _at("role"):
            _check_may_change_role(row, role, by, now)
    if row.role == Role.LEAD and role != Role.LEAD:
        Person.objects.filter(pk=row.pk).update(was_lead=True)
    if role not in roles.WRITERS:
        Person.objects.filter(buddy=row).update(buddy=None)
    changed = _save(row, {"role": role, "deputy": deputy}, by=by, now=now)
    if "role" in changed.fields and role in roles.SAFEGUARDING:
        announcing.new_role(row, by=by, now=now)
    return changed


def _check_may_change_role(row: Person, role: str, by: Person, now: datetime) -> None:
    others = Person.objects.filter(role=Role.MANAGER, is_active=True).exclude(pk=row.pk)
    if row.role == Role.MANAGER and not others.exists():
        raise Refused(ONLY_MANAGER.format(row.alias))
    if row.pk == by.pk:
        raise Refused("Another manager has to do this for you.")
    if role != Role.ADVISOR and row.is_under_18(now):
        raise Refused(f"{row.alias} is under 18, and only advisors can be. They stay one until they are 18.")
    roles.check_was_no_lead(row, becomes=role)
    roles.check_is_not_the_last(row)
    roles.check_cases_keep_a_reader(row, becomes=role)
    if role == Role.ADVISOR:
        inviting.check_age(row.born_on, now=now)


@transaction.atomic
def set_age(
    *, person: Person, born_on: date | None, guardian_consent_on: date | None, seen: str, by: Person, now: datetime
) -> Changed:
    """Record a date of birth, and the day on which a guardian's consent was seen on paper; return what changed.

    Somebody who turns out to be under 18 is nobody's buddy, and has to be an advisor. Raises Refused, Stale.
    """
    row = _lock(person, "age", seen, by, *Person.objects.filter(buddy=person))
    if row.role == Role.ADVISOR:
        with _at("born_on"):
            inviting.check_age(born_on, now=now)
    _check_is_past("born_on", born_on, "Check the date of birth: that day is still ahead.", now)
    _check_is_past(
        "guardian_consent_on", guardian_consent_on, "A consent cannot be from a day that is still ahead.", now
    )
    if row.role != Role.ADVISOR and Person(born_on=born_on).is_under_18(now):
        raise Misfit("born_on", f"Only advisors can be under 18. Make {row.alias} an advisor first.")
    changed = _save(row, {"born_on": born_on, "guardian_consent_on": guardian_consent_on}, by=by, now=now)
    if row.is_under_18(now):
        Person.objects.filter(buddy=row).update(buddy=None)
    return changed


@transaction.atomic
def set_checks(
    *,
    person: Person,
    vetted_on: date | None,
    vetted_until: date | None,
    vetting: str,
    seen: str,
    by: Person,
    now: datetime,
) -> Changed:
    """Record which checks were seen, when, and until when they hold; all empty takes them off. Return what changed.

    Raises Refused, Stale.
    """
    row = _lock(person, "checks", seen, by)
    vetting = " ".join(prose.canonical(vetting).split())
    _check_vetting(vetted_on, vetted_until, vetting, now)
    wanted = {"vetted_on": vetted_on, "vetted_until": vetted_until, "vetting": vetting}
    return _save(row, wanted, by=by, now=now)


def _check_vetting(vetted_on: date | None, vetted_until: date | None, vetting: str, now: datetime) -> None:
    if LIKE_A_NUMBER.search(vetting):
        raise Misfit("vetting", A_NUMBER)
    if len(vetting) > VETTING:
        raise Misfit("vetting", f"This can have {VETTING} characters at most. It has {len(vetting)}.")
    if vetted_on is None and (vetted_until or vetting):
        raise Misfit("vetted_on", "Say on which day you saw the checks. To take them off, empty all three.")
    if vetted_on and not vetting:
        raise Misfit("vetting", "Say which checks you saw.")
    _check_is_past("vetted_on", vetted_on, "Checks cannot have been seen on a day that is still ahead.", now)
    if vetted_on and vetted_until and vetted_until <= vetted_on:
        raise Misfit("vetted_until", "The day they are due again comes after the day you saw them.")


@transaction.atomic
def set_work(
    *,
    person: Person,
    spoken: Iterable[str],
    partner: Partner | None,
    buddy: Person | None,
    seen: str,
    by: Person,
    now: datetime,
) -> Changed:
    """Say what somebody answers in besides English, which school is their own, and who their buddy is; return what
    changed. Raises Refused, Stale.
    """
    row = _lock(person, "work", seen, by, *([buddy] if buddy else []))
    if buddy and not buddies(row, now=now).filter(pk=buddy.pk).exists():
        raise Misfit("buddy", NO_BUDDY)
    given = set(spoken)
    wanted = {
        "languages": [settings.LANGUAGE_CODE, *(code for code in languages.others() if code in given)],
        "partner_id": partner.pk if partner else None,
        "buddy_id": buddy.pk if buddy else None,
    }
    return _save(row, wanted, by=by, now=now)


def buddies(person: Person, *, now: datetime) -> QuerySet[Person]:
    """Who may be this person's buddy: here, answering or checking questions, 18 or over, checked, an advisor trained,
    and somebody else.
    """
    today = holding.today(now)
    checked = Q(vetted_on__isnull=False) & (Q(vetted_until=None) | Q(vetted_until__gte=today))
    trained = ~Q(role=Role.ADVISOR) | Q(trained_until__gte=today)
    grown_up = Q(born_on=None) | Q(born_on__lte=_years_before(today, 18))
    there = Person.objects.filter(grown_up, checked, trained, is_active=True, role__in=roles.WRITERS)
    return there.exclude(pk=person.pk).order_by("alias")


def _years_before(day: date, years: int) -> date:
    """Whoever was born then or before is that old; born on the last of February, it is the first of March."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)


def _check_is_past(field: str, day: date | None, sentence: str, now: datetime) -> None:
    if day and day > holding.today(now):
        raise Misfit(field, sentence)


def _lock(person: Person, part: str, seen: str, by: Person, *also: Person, and_managers: bool = False) -> Person:
    """The row, held with whoever is asked for, in one order: of two managers who take each other's role at once, the
    second finds that they are none any more."""
    roles.lock_readers(person, by, *also, and_managers=and_managers)
    roles.check_manager(Person.objects.get(pk=by.pk))
    row = Person.objects.get(pk=person.pk)
    if not row.is_active:
        raise Stale(f"{row.alias} has left, so nothing of theirs is changed any more.")
    if seen != mark(row, part):
        raise Stale
    return row


def _save(row: Person, wanted: dict[str, Any], *, by: Person, now: datetime) -> Changed:
    """Keep what differs, let go of what does not fit any more, and say so in the trail."""
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if not changed:
        return Changed([])
    for name in changed:
        setattr(row, name, wanted[name])
    row.save(update_fields=changed)
    done = _let_go(row, changed, by=by, now=now)
    facts = {"fields": sorted(name.removesuffix("_id") for name in changed)}
    history.record(subject=row.name, kind="changed", actor=by.name, now=now, facts=facts)
    return done


def _let_go(row: Person, changed: list[str], *, by: Person, now: datetime) -> Changed:
    questions = own_words = signatures = turns = 0
    if not FITS.isdisjoint(changed):
        questions = claiming.let_go_of_what_does_not_fit(row, now=now)
    if "role" in changed:
        own_words = unsent.end_of(row, by=by.name, now=now)
    if row.role not in roles.REVIEWERS:
        signatures = unsigning.end_those_of(row, now=now)
        turns = rota.end_turns(row, now=now)
    languages.settle(now=now)
    return Changed(changed, questions, signatures, own_words, turns)
