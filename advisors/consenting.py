"""A guardian's consent to volunteering under 16: asked by mail, answered once behind a link, and taken back there.

The token is HMAC(SECRET_KEY, the request's id, its person's, and when it was sent), so that only its digest is stored.
The address is not in it: it goes with the answer, and the link opens the way back out until the person is 16.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from advisors import naming, roles
from advisors.drafting import claiming
from advisors.models import GuardianRequest, Person, Role
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from questions import holding

VALID = timedelta(days=14)
KEPT = timedelta(days=30)  # past its last day, so that a manager can send it again
CONSENTED = "guardian consented"  # in the trail, as the next
GUARDIAN = "guardian"  # in the trail: nobody of ours, and no name
ADULT_ENOUGH = 16
UNKNOWN = "This link doesn't open anything. Check that all of it was copied, or ask for a new one."
ANSWERED = "This was answered already. Here is how it stands now."


def needs(person: Person, *, now: datetime) -> bool:
    """Whether somebody is so young that a guardian has to say yes."""
    age = person.age_on(holding.today(now))
    return person.role == Role.ADVISOR and age is not None and age < ADULT_ENOUGH


def token_of(request: GuardianRequest) -> str:
    """The secret part of the link, 64 hex digits. It is stored nowhere."""
    named = f"guardian|{request.pk}|{request.person_id}|{request.sent_at.timestamp():.0f}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), named, "sha256").hex()


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def ask(*, person: Person, email: str, by: str, now: datetime) -> GuardianRequest:
    """Put the question to this address, inside the caller's transaction. Earlier open ones end: one link works."""
    person.guardian_requests.filter(answered_at=None).delete()
    request = GuardianRequest(
        person=person,
        email=email,
        sent_at=now,
        expires_at=now + VALID,
        digest=secrets.token_bytes(32),  # holds the column's place: the token needs the id first
    )
    request.save()
    request.digest = digest(token_of(request))
    request.save(update_fields=["digest"])
    outbox.put("guardian-request", key=f"guardian:{request.pk}", refs={"guardian": request.pk}, now=now)
    history.record(subject=person.name, kind="guardian asked", actor=by, now=now)
    return request


@transaction.atomic
def ask_again(*, person: Person, email: str = "", by: Person, now: datetime) -> GuardianRequest:
    """Ask a guardian, at a new address or where none is given at the last one. Raises Refused."""
    roles.check_manager(by, "Only a manager can write to a guardian.")
    person = _lock(person)
    if not person.is_active or not needs(person, now=now):
        raise Refused(f"{person.alias} needs no guardian's consent, so there is nobody to ask.")
    if person.guardian_consent_on:
        raise Refused("Their guardian's consent is recorded already.")
    last = person.guardian_requests.exclude(email="").order_by("-pk").first()
    email = naming.clean_guardian(email.strip() or (last.email if last else ""), of=person.email)
    return ask(person=person, email=email, by=by.name, now=now)


def find(*, token: str, now: datetime) -> GuardianRequest:
    """The request behind this link, answered or not. Raises Refused, with what to do instead. 1 SQL."""
    request = GuardianRequest.objects.select_related("person").filter(digest=digest(token)).first()
    if request is None or not request.person.is_active:
        raise Refused(UNKNOWN)
    if not needs(request.person, now=now):
        raise Refused(f"{request.person.alias} is {ADULT_ENOUGH} now, so nobody has to consent any more.")
    if request.answered_at is None and request.expires_at <= now:
        raise Refused(
            f"This link ran out on {holding.today(request.expires_at):%-d %B}. Ask {request.person.alias} to tell "
            "their manager, who can send you a new one."
        )
    return request


@transaction.atomic
def answer(*, token: str, consents: bool, now: datetime) -> GuardianRequest:
    """Say yes or no, once; after a yes a no takes it back. A no lets go of every question that the person holds.

    Raises Refused, Stale where it was answered already.
    """
    request = find(token=token, now=now)
    # Whoever claims locks the person too: nobody takes a question while their guardian says no.
    person = _lock(request.person)
    waits = Q(answered_at=None, expires_at__gt=now)
    open_to = waits if consents else waits | Q(consented=True)
    rows = GuardianRequest.objects.filter(open_to, pk=request.pk)
    if not rows.update(answered_at=now, consented=consents, email=""):
        raise Stale(ANSWERED)
    person.guardian_consent_on = holding.today(now) if consents else None
    person.save(update_fields=["guardian_consent_on"])
    kind = CONSENTED if consents else "guardian refused"
    history.record(subject=person.name, kind=kind, actor=GUARDIAN, now=now)
    answered = f"guardian-answered:{request.pk}:{'yes' if consents else 'no'}"
    outbox.put("guardian-answered", key=answered, refs={}, now=now)
    claiming.let_go_of_what_does_not_fit(person, now=now)
    request.refresh_from_db()
    return request


def was_taken_back(request: GuardianRequest) -> bool:
    """Whether the no behind this link came after a yes. 1 SQL for a no."""
    if request.consented is not False:
        return False
    said = history.of(request.person.name)
    return any(entry.kind == CONSENTED and entry.at >= request.sent_at for entry in said)


@transaction.atomic
def ask_anew(*, now: datetime) -> int:
    """Forget every consent to somebody under 16, until a guardian gives it again; return how many.

    A backup that was brought back may hold a yes that was taken back since, and no ledger knows of it.
    """
    people = Person.objects.select_for_update(no_key=True).filter(is_active=True, guardian_consent_on__isnull=False)
    young = [person for person in people.order_by("pk") if needs(person, now=now)]
    for person in young:
        person.guardian_consent_on = None
        person.save(update_fields=["guardian_consent_on"])
        history.record(subject=person.name, kind="guardian to be asked anew", actor="service", now=now)
        claiming.let_go_of_what_does_not_fit(person, now=now)
    return len(young)


def purge(*, now: datetime) -> int:
    """Delete what nobody can answer any more a month past its last day, and whatever is about somebody who has left or
    is 16. Return how many.
    """
    today = holding.today(now)
    born = today.replace(year=today.year - ADULT_ENOUGH)  # a leap year's day has one 16 years ago
    grown = Q(person__born_on__lte=born) | Q(person__is_active=False)
    unanswered = Q(answered_at=None, expires_at__lte=now - KEPT)
    return GuardianRequest.objects.filter(grown | unanswered).delete()[0]


def _lock(person: Person) -> Person:
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)
