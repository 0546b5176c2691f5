"""Invitations: made by a manager, sent by the outbox, accepted once.

The token is HMAC(SECRET_KEY, the invitation's id and address), so that only its digest is stored and the mailer makes
the same link again. The address is in it since a backup that is brought back gives an id out twice. A new SECRET_KEY
makes every open link void; sending one again mends it.
"""

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from advisors import consenting, roles
from advisors.managing import announcing
from advisors.models import Invitation, Person, Role
from advisors.naming import clean_alias, clean_email, clean_guardian
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from questions import holding

VALID = timedelta(days=7)
SENT_AGAIN_WITHIN = timedelta(days=30)
YOUNGEST, OLDEST = 15, 110
UNKNOWN = "This link doesn't open anything. Check that all of it was copied, or ask the person who invited you."
USED = "This link was used already. If that was you, sign in with your address and your password."
ALREADY_HERE = "There is already somebody with this address. Sign in, or ask for a new password."
ANOTHERS = (
    "This link is for somebody with another address. Type the one that the invitation was sent to, or ask the person "
    "who invited you."
)


def token_of(invitation: Invitation) -> str:
    """The secret part of the link, 64 hex digits. It is stored nowhere."""
    named = f"invitation|{invitation.pk}|{invitation.email}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), named, "sha256").hex()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


@transaction.atomic
def invite(
    *, email: str, alias: str, role: str, born_on: date | None, by: Person, now: datetime, guardian_email: str = ""
) -> tuple[Invitation, str]:
    """Invite one person and put the mail in the outbox. Returns the invitation and its token. Raises Refused.

    For an advisor under 16 there has to be a guardian's address; of everybody else none is kept.
    """
    roles.check_manager(by, "Only a manager can invite people.")
    email, alias = clean_email(email), clean_alias(alias, now=now)
    _check_role(role, born_on, now=now)
    _check_free(email, now=now)
    young = consenting.needs(Person(role=role, born_on=born_on), now=now)
    invitation = Invitation(
        email=email,
        alias=alias,
        role=role,
        born_on=born_on if role == Role.ADVISOR else None,
        guardian_email=clean_guardian(guardian_email, of=email) if young else "",
        invited_by=by,
        sent_at=now,
        expires_at=now + VALID,
        digest=secrets.token_bytes(32),  # holds the column's place: the token needs the id first
    )
    invitation.save()
    invitation.digest = _digest(token_of(invitation))
    invitation.save(update_fields=["digest"])
    _send(invitation, now=now)
    _record(invitation, "invited", by.name, now=now)
    return invitation, token_of(invitation)


@transaction.atomic
def resend(*, invitation: Invitation, by: Person, now: datetime) -> None:
    """Send the same invitation once more, for another seven days, from whoever does so. Raises Refused when it was
    accepted, and where its address or alias is somebody else's by now.
    """
    roles.check_manager(by, "Only a manager can invite people.")
    opened = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    digest = _digest(token_of(invitation))
    if opened.exists():
        _check_free(invitation.email, now=now, but=invitation)
        clean_alias(invitation.alias, now=now, but=invitation)
    if not opened.update(sent_at=now, expires_at=now + VALID, digest=digest, invited_by=by):
        raise Refused("This invitation was accepted, so there is nothing to send.")
    _send(invitation, now=now)
    _record(invitation, "invited again", by.name, now=now)


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Person, now: datetime) -> None:
    """Take an invitation back that nobody accepted: it is deleted, with the address. Raises Refused when it was."""
    roles.check_manager(by, "Only a manager can take an invitation back.")
    # Of an acceptance and this at once, one finds no row that is still open.
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()[0]:
        raise Refused("This invitation was accepted, so it cannot be taken back. End the account instead.")
    _record(invitation, "invitation withdrawn", by.name, now=now)


def find(*, token: str, now: datetime) -> Invitation:
    """The open invitation this token belongs to. Raises Refused: used, too old, or never sent. 1 SQL."""
    invitation = Invitation.objects.select_related("invited_by").filter(digest=_digest(token)).first()
    if invitation is None:
        raise Refused(UNKNOWN)
    if invitation.accepted_at:
        raise Refused(USED)
    if invitation.expires_at <= now:
        day = holding.today(invitation.expires_at)
        raise Refused(f"This link ran out on {day:%-d %B}. Ask {_inviter(invitation)} to send it again.")
    return invitation


def _inviter(invitation: Invitation) -> str:
    """Whom somebody turns to about their invitation: another manager, once the one who sent it has left."""
    by = invitation.invited_by
    return f"{by.alias}, who invited you," if by.is_active else "a manager here"


def check_address(invitation: Invitation, email: str) -> None:
    """Raise Refused unless the invitation went to this address. The page never shows which that is."""
    if email.strip().lower() != invitation.email.lower():
        raise Refused(ANOTHERS)


@transaction.atomic
def accept(*, token: str, email: str, password: str, now: datetime) -> Person:
    """Turn an open invitation into a person. Raises Refused: over, not theirs, or a password that will not do.

    Of a new lead or trustee the others hear by mail. The address first: what is said of the password would tell about
    it.
    """
    invitation = find(token=token, now=now)
    check_address(invitation, email)
    _check_password(password, invitation)
    # Of two who accept at once, the guarded UPDATE lets one through. The guardian's address is the request's from here.
    opened = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not opened.update(accepted_at=now, guardian_email=""):
        find(token=token, now=now)  # raises, with what became of it meanwhile
        raise Stale
    if Person.objects.filter(email__iexact=invitation.email).exists():
        raise Refused(ALREADY_HERE)
    if Person.objects.filter(alias__iexact=invitation.alias, is_active=True).exists():
        raise Refused(
            f"Somebody else here is called {invitation.alias} by now. Ask {_inviter(invitation)} for an invitation "
            "with another alias."
        )
    try:
        with transaction.atomic():
            return _join(invitation, password, now=now)
    except IntegrityError:  # another link of the same address was used in the same moment
        raise Refused(ALREADY_HERE) from None


def _join(invitation: Invitation, password: str, *, now: datetime) -> Person:
    person = Person.objects.create_user(
        email=invitation.email,
        password=password,
        alias=invitation.alias,
        role=invitation.role,
        born_on=invitation.born_on,
        joined_at=now,
    )
    history.record(subject=person.name, kind="joined", actor=person.name, now=now, facts={"role": person.role})
    if person.role in roles.SAFEGUARDING:
        announcing.new_role(person, by=invitation.invited_by, now=now)
    if invitation.guardian_email and consenting.needs(person, now=now):
        consenting.ask(person=person, email=invitation.guardian_email, by=person.name, now=now)
    return person


def end_open(*, now: datetime) -> int:
    """End every open invitation, until a manager sends it again; return how many.

    After a backup was brought back: who accepted since, and perhaps left, would come in by the old link once more.
    """
    return _open(now).update(expires_at=now)


def end_those_of(person: Person, *, now: datetime) -> int:
    """End the open invitations of somebody who leaves, until another manager sends them again; return how many."""
    return _open(now).filter(invited_by=person).update(expires_at=now)


def purge(*, now: datetime) -> int:
    """Delete invitations that nobody can use, nor will send again: a month past their last day. Return how many."""
    return Invitation.objects.filter(expires_at__lte=now - SENT_AGAIN_WITHIN).delete()[0]


def _send(invitation: Invitation, *, now: datetime) -> None:
    key = f"invitation:{invitation.pk}:{now:%Y%m%d%H%M%S}"
    outbox.put("invitation", key=key, refs={"invitation": invitation.pk}, now=now)


def _record(invitation: Invitation, kind: str, actor: str, *, now: datetime) -> None:
    facts = {"role": str(invitation.role)}
    history.record(subject=f"invitation:{invitation.pk}", kind=kind, actor=actor, now=now, facts=facts)


def _check_role(role: str, born_on: date | None, *, now: datetime) -> None:
    if role not in Role.values:
        raise Refused("Choose a role from the list.")
    if role == Role.ADVISOR:
        check_age(born_on, now=now)


def check_age(born_on: date | None, *, now: datetime) -> None:
    """Raise Refused where nobody born on that day can be an advisor."""
    if born_on is None:
        raise Refused("An advisor needs a date of birth: under 18 brings its own rules.")
    age = Person(born_on=born_on).age_on(holding.today(now))
    if age is None or age < YOUNGEST:
        raise Refused(f"Advisors are {YOUNGEST} or older.")
    if age > OLDEST:
        raise Refused("Check the date of birth: the year is too long ago.")


def _check_free(email: str, *, now: datetime, but: Invitation | None = None) -> None:
    if Person.objects.filter(email__iexact=email).exists():
        raise Refused("There is already somebody with this address.")
    others = _open(now).exclude(pk=but.pk) if but else _open(now)
    if others.filter(email__iexact=email).exists():
        raise Refused("This address already has an open invitation. Send that one again.")


def _open(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, expires_at__gt=now)


def _check_password(password: str, invitation: Invitation) -> None:
    future = Person(email=invitation.email, alias=invitation.alias)
    try:
        validate_password(password, user=future)
    except ValidationError as refusal:
        raise Refused(" ".join(refusal.messages)) from None
