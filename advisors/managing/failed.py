"""What was given up, after three days and twelve tries or three days of silence, or was refused: retry or close it.

What is still being tried shows too: a mail server that is down, or a handler that breaks, is nobody's secret for three
days. Who a mail goes to is said by alias, and an asker is only ever "an asker".
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, Q

from advisors.models import Invitation, Person
from askpeer import history, nudge, outbox
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.intake import notices
from questions.partners import hooks, telling
from questions.partners.models import Hook

PAGE = 50
SLOW = timedelta(minutes=5)
TO_STAFF = "A message to staff"
# Whose row it is could tell how somebody was, so neither the trail nor the page says what it is.
UNSAID = {"support-call", "support-unanswered", "debrief"}
REMOVED = "That webhook was removed, so there is nowhere to send this. Close it."
GONE = "Someone was a moment faster: this delivery is no longer on the list."
ASKER = "an asker"
WHAT = {
    "answer-ready": "Something new: an answer",
    "clarification": "Something new: we asked back",
    "late": "Something new: it takes longer",
    "staff-notice": "What needs them",
    "staff-alert": "An alert",
    "red-question": "A red question",
    "red-quarantine": "Red words in quarantine",
    "safety-report": "A report about an answer",
    "escalated": "A draft given to the lead",
    "concern": "A concern",
    "nobody-reads-staff": "Nobody can read about colleagues",
    "language-off": "A language that went off",
    "safeguarding-case": "A safeguarding case",
    "safeguarding-check": "A safeguarding check",
    "glass-broken": "Something closed was opened",
    "signposts-stale": "Signposts to verify",
    "role-changed": "Somebody's new role",
    "address-changed": "Somebody's new address",
    **dict.fromkeys(UNSAID, TO_STAFF),
    "training-ends": "Training that ends",
    "invitation": "An invitation",
    "guardian-request": "A question to a guardian",
    "guardian-answered": "A guardian's answer",
    "password-reset": "A new password",
    "webhook": "A change that partners are told of",
}
WHY = {
    "SMTPRecipientsRefused": "their address was refused",
    "AddressPaused": "their address was refused before",
    "SMTPDataError": "the mail server refused this mail",
    "SMTPSenderRefused": "the mail server takes no mail from us",
    "SMTPAuthenticationError": "the mail server does not let us sign in",
    "SMTPServerDisconnected": "the mail server broke off",
    "ConnectionRefusedError": "nothing answers there",
    "TimeoutError": "no answer in time",
    "gaierror": "the server's name is not known",
    "Undeliverable": "nobody here may get it",
    "Interrupted": "broken off each time",
    "OutOfHours": "we are closed, and it is not red",
    "Later": "no quick answer there a moment ago",
    "Answered": "it was answered with something else than success",
    "Gone": "nothing more is wanted there",
    "NotPublic": "its address is not on the public internet",
    "BadStatusLine": "what was answered there was no HTTP",
    "RemoteDisconnected": "it was broken off there",
    "ConnectionResetError": "it was broken off there",
    "SSLCertVerificationError": "no browser would take the certificate there",
}


class Failed(NamedTuple):
    """One delivery that is on the list: what it was, to whom in kind, and why it failed."""

    row: OutboxRow
    whom: str
    can_be_tried: bool  # a webhook that was removed is nowhere to send to

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def what(self) -> str:
        return WHAT.get(self.row.kind, self.row.kind)

    @property
    def why(self) -> str:
        return in_words(self.row.error)


class Page(NamedTuple):
    """rows, newest first, and the id to go on before, None on the last page."""

    rows: list[Failed]
    before: int | None

    @property
    def next_url(self) -> str:
        return f"?before={self.before}" if self.before else ""


class Trying(NamedTuple):
    """Deliveries of one kind that wait longer than they should, the oldest since then, and why."""

    what: str
    how_many: int
    since: datetime
    why: str


def dead(*, before: int | None = None) -> Page:
    """One page of the list. At most 4 SQL."""
    rows = OutboxRow.objects.filter(state=OutboxRow.State.DEAD).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    return Page(_addressed(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else None)


def trying(*, now: datetime) -> list[Trying]:
    """What should have left five minutes ago and has not, by kind and reason, the oldest first. 1 SQL."""
    waiting = OutboxRow.objects.filter(state=OutboxRow.State.WAITING, created_at__lte=now - SLOW)
    behind = waiting.filter(Q(attempts__gt=0) | ~Q(error="") | Q(due_at__lte=now - SLOW)).values("kind", "error")
    found = behind.annotate(count=Count("pk"), since=Min("created_at")).order_by("since", "kind", "error")
    return [
        Trying(WHAT.get(one["kind"], one["kind"]), one["count"], one["since"], in_words(one["error"])) for one in found
    ]


@transaction.atomic
def retry(*, row: OutboxRow, by: Person, now: datetime) -> None:
    """Put a dead row back to be sent now, to an address that was refused too. Raises Stale when it is not dead any
    more, Refused where the webhook it was for was removed.
    """
    if row.kind == telling.KIND and not Hook.objects.filter(pk=row.refs["hook"]).exists():
        raise Refused(REMOVED)
    if not outbox.revive(row, now=now):
        raise Stale(GONE)
    if row.kind in notices.KINDS:
        notices.lift_pause(row.refs)
    if row.kind == telling.KIND:
        hooks.revive(row.refs)
    _record(row, "retried", by, now=now)
    nudge.after_commit("askpeer.tasks.relay")


@transaction.atomic
def close(*, row: OutboxRow, by: Person, now: datetime) -> None:
    """Give a dead row up. Raises Stale when it is not dead any more."""
    still = OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.DEAD)
    if not still.update(state=OutboxRow.State.DROPPED, settled_at=now):
        raise Stale(GONE)
    _record(row, "given up", by, now=now)


def _addressed(rows: list[OutboxRow]) -> list[Failed]:
    people = _aliases(Person, [row.refs["person"] for row in rows if "person" in row.refs])
    invited = _aliases(Invitation, [row.refs["invitation"] for row in rows if "invitation" in row.refs])
    partners = _partners([row.refs["hook"] for row in rows if "hook" in row.refs])
    return [
        Failed(row, _whom(row, people, invited, partners), row.kind != telling.KIND or row.refs["hook"] in partners)
        for row in rows
    ]


def _aliases(model: type[Person] | type[Invitation], pks: list[Any]) -> dict[str, str]:
    if not pks:
        return {}
    return {str(pk): alias for pk, alias in model._default_manager.filter(pk__in=pks).values_list("pk", "alias")}


def _partners(hooks_of: list[str]) -> dict[str, str]:
    if not hooks_of:
        return {}
    return {str(pk): name for pk, name in Hook.objects.filter(pk__in=hooks_of).values_list("pk", "partner__name")}


def _whom(row: OutboxRow, people: dict[str, str], invited: dict[str, str], partners: dict[str, str]) -> str:
    if row.kind in notices.KINDS:
        return ASKER
    if "person" in row.refs:
        return people.get(str(UUID(row.refs["person"])), "somebody who left")
    if "invitation" in row.refs:
        return invited.get(str(row.refs["invitation"]), "somebody who was invited")
    if "hook" in row.refs:
        return partners.get(row.refs["hook"], "a partner whose webhook was removed")
    return "whoever is there for it"


def in_words(error: str) -> str:
    """Why a delivery failed, from the type and code that its row keeps."""
    return WHY.get(error.partition(" ")[0], "") if error else "not tried yet"


def _record(row: OutboxRow, kind: str, by: Person, *, now: datetime) -> None:
    facts = {} if row.kind in UNSAID else {"of": row.kind}
    history.record(subject=f"outbox:{row.pk}", kind=kind, actor=by.name, now=now, facts=facts)
