"""Signatures: who may give one to a version, how many a question needs, and the sending that follows the last."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from advisors.drafting import claiming, diffing, fitting, wording
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person, Role
from advisors.signoff.models import Approval, Reviewing
from askpeer import calendars, history, prose
from askpeer.errors import Refused, Stale
from questions import answering, states
from questions.models import Message, Question
from questions.moves import Actor

SMALL = 0.15  # the share of an edit that its author may accept
AUTHORS_HOUR = timedelta(hours=1)  # staffed time the author has for that


def share(before: DraftVersion, after: str) -> float:
    """How much of a version these words change, 0.0 to 1.0."""
    return diffing.share_changed(before.text, after)


def needed(question: Question) -> int:
    """How many signatures this question's answer needs."""
    return 2 if question.level == states.RED else 1


def live(version: DraftVersion) -> list[Approval]:
    """The signatures under a version that still count."""
    return list(version.approvals.filter(voided_at=None).select_related("approver"))


def is_small_edit(version: DraftVersion, question: Question) -> bool:
    """Whether the author may accept this version: a reviewer's, on green, at most 15 % from the author's last."""
    if question.level != states.GREEN or question.holder_id in {None, version.writer_id}:
        return False
    own = version.draft.versions.filter(writer=question.holder_id, number__lt=version.number).order_by("number").last()
    if own is None:
        return False
    own.draft = version.draft
    return share(own, version.text) <= SMALL


def authors_until(version: DraftVersion) -> datetime:
    """Until when a small edit waits for its author alone."""
    return calendars.current().add(version.saved_at, AUTHORS_HOUR)


def check_approver(version: DraftVersion, question: Question, by: Person, *, now: datetime) -> None:
    """Raise Refused unless this reviewer may sign this version now."""
    check_reads(by, question)
    if version.writer_id == by.pk:
        raise Refused("You wrote this wording. Somebody else has to approve it.")
    if _came_from(by, version):
        raise Refused("Most of this wording is your own from an earlier version. Somebody else has to approve it.")
    signed = live(version)
    if any(approval.approver_id == by.pk for approval in signed):
        raise Refused("You have signed this wording already. It waits for a second signature.")
    if is_small_edit(version, question) and now < authors_until(version):
        raise Refused("The author has one open hour to read this edit first. After that you can approve it.")
    if question.level == states.RED and signed and not any(map(signs_red, [by, signed[0].approver])):
        raise Refused("The second signature on a red answer is the safeguarding lead's or a deputy's.")


def check_reads(by: Person, question: Question) -> None:
    """Raise Refused unless this person reads the language of the question."""
    if reason := fitting.not_in_their_language(by, question):
        raise Refused(reason)


def _came_from(person: Person, version: DraftVersion) -> bool:
    """Whether this person wrote nearly these words into an earlier version, where the one before had others."""
    earlier = version.draft.versions.filter(number__lt=version.number).order_by("-number")
    for own in earlier.filter(writer=person):
        before = earlier.filter(number__lt=own.number).exclude(writer=person).first()
        if _is_near(own, version) and not (before and _is_near(before, version)):
            return True
    return False


def _is_near(earlier: DraftVersion, version: DraftVersion) -> bool:
    earlier.draft = version.draft
    return share(earlier, version.text) <= SMALL


def signs_red(person: Person) -> bool:
    """Whether one of the two signatures on red has to be theirs, or that of somebody like them."""
    return person.role == Role.LEAD or person.deputy


def check_wording(version: DraftVersion, *, override: bool) -> int:
    """How many things the wording check blocks in it. Raises Refused where there are any and nobody took them on."""
    blocked = len(wording.blocks(version.text))
    if blocked and not override:
        raise Refused("The wording check stops this draft. Change the wording, or tick that it may stand.")
    return blocked


def sign(version: DraftVersion, question: Question, by: Person, *, now: datetime, overridden: int = 0) -> Approval:
    """Write the signature down with the digest of the wording. A voided one of the same person comes alive again."""
    digest = prose.digest(version.text, key=question.key())
    approval, made = Approval.objects.get_or_create(
        version=version, approver=by, defaults={"writer": version.writer, "digest": digest, "at": now}
    )
    if not made:
        mine = Approval.objects.filter(pk=approval.pk, voided_at__isnull=False)
        if not mine.update(voided_at=None, digest=digest, at=now):
            raise Stale("You have signed this wording already.")
        approval.refresh_from_db()
    _void(Q(version__draft=version.draft) & ~Q(version=version), now)
    facts = {"draft": str(version.draft_id), "number": version.number, "overridden": overridden}
    history.record(subject=question.subject, kind="approved", actor=by.name, now=now, facts=facts)
    return approval


def void(draft: Draft, *, now: datetime) -> None:
    """End every live signature under a draft: its wording or its readers changed."""
    _void(Q(version__draft=draft), now)


def _void(which: Q, now: datetime) -> None:
    Approval.objects.filter(which, voided_at=None).update(voided_at=now)


@transaction.atomic
def send(version: DraftVersion, question: Question, actor: Actor, *, now: datetime) -> Message:
    """Put the signed wording in front of the asker: an answer ends the round, a clarifying question waits for a reply.

    Raises Refused when a signature is for other words, Stale.
    """
    draft, digest = version.draft, _signed_digest(version)
    Draft.objects.filter(pk=draft.pk).update(submitted_at=None)
    Reviewing.objects.filter(draft=draft).delete()
    if draft.kind == Draft.Kind.CLARIFICATION:
        return answering.pause(question, text=version.text, digest=digest, by=actor, now=now)
    message = answering.deliver(
        question, kind=Message.Kind.ANSWER, text=version.text, digest=digest, to=states.ANSWERED, by=actor, now=now
    )
    claiming.close(question, at=now)
    return message


def _signed_digest(version: DraftVersion) -> bytes:
    digests = {bytes(approval.digest) for approval in live(version)}
    if len(digests) != 1:
        raise Refused("These are not the words that were approved.")
    return digests.pop()
