"""Giving a draft to the safeguarding lead: it stays in review, and the lead or a deputy has to sign it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from advisors import notices
from advisors.drafting import claiming
from advisors.drafting.models import Draft
from advisors.models import Person
from advisors.signoff import commenting, seeing
from advisors.signoff.models import Escalation
from askpeer import history, outbox, prose
from askpeer.errors import Refused, Stale
from questions.models import Question

REASON = 500  # characters


@transaction.atomic
def escalate(*, draft: Draft, number: int, reason: str, by: Person, now: datetime) -> Escalation:
    """Ask for the lead's eyes on a draft, with the reason that only reviewers read. Raises Refused, Stale."""
    question, by = draft.round.question, claiming.lock(by)
    seeing.check(by, question)
    if question.holder_id == by.pk:
        raise Refused("You cannot review your own draft.")
    seeing.lock_review(question)
    commenting.current(draft, number)
    text = _reason(reason)
    if not notices.leads_for(question, now=now):
        raise Refused("There is no safeguarding lead or deputy who can open this question. Talk to the manager.")
    row = Escalation(draft=draft, by=by, reason=text, at=now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Stale("Somebody has escalated this already.") from None
    _record("escalated", row, by, now)
    refs = {"subject": question.subject, "escalation": str(row.pk)}
    outbox.put("escalated", key=f"escalated:{row.pk}", refs=refs, now=now)
    return row


def _reason(text: str) -> str:
    reason = prose.canonical(text)
    if not reason:
        raise Refused("Say why the lead should look at this.")
    if len(reason) > REASON:
        raise Refused(f"A reason can have {REASON} characters at most. This one has {len(reason):,}.")
    return reason


def open_one(draft: Draft) -> Escalation | None:
    """The escalation that waits for the lead or a deputy, or None."""
    row = Escalation.objects.filter(draft=draft, settled_at=None).select_related("by").first()
    if row:
        row.draft = draft
    return row


def settle(draft: Draft, *, by: Person, now: datetime) -> None:
    """End what is open: the draft was sent with the signature it needed, or went back to its author."""
    row = open_one(draft)
    if row is None:
        return
    Escalation.objects.filter(pk=row.pk).update(settled_at=now, settled_by=by)
    _record("escalation_settled", row, by, now)


def is_open(question: Question) -> bool:
    """Whether the draft of this round waits for the lead or a deputy."""
    return Escalation.objects.filter(draft__round=question.round, settled_at=None).exists()


def _record(kind: str, row: Escalation, by: Person, now: datetime) -> None:
    facts = {"draft": str(row.draft_id), "escalation": str(row.pk)}
    history.record(subject=row.draft.round.question.subject, kind=kind, actor=by.name, now=now, facts=facts)
