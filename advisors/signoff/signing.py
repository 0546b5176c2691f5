"""Signatures: who may give one to a version, how many a question needs, and the sending that follows the last."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q

from advisors import roles
from advisors.beside import sitting
from advisors.drafting import claiming, diffing, fitting, masking, timing, unsent, wording
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person, Role
from advisors.signoff import escalating
from advisors.signoff.models import Approval, LevelChange, Reviewing
from advisors.team import counting
from askpeer import calendars, history, prose
from askpeer.errors import Refused, Stale
from questions import answering, states
from questions.models import Message, Question
from questions.moves import Actor

SMALL = 0.15  # the share of an edit that its author may accept
AUTHORS_HOUR = timedelta(hours=1)  # staffed time the author has for that
HARDEST = 13  # reading age; above it somebody says why
REASON = 500  # characters


class Found(NamedTuple):
    """What a signature has to take on in a wording: stopped and told (the writer of themselves) are counts, age is the
    reading age where it is too high, else 0.
    """

    stopped: int
    told: int
    age: float

    @property
    def needs_reason(self) -> bool:
        return bool(self.stopped or self.age)


NOTHING = Found(0, 0, 0.0)


def found_in(version: DraftVersion, question: Question) -> Found:
    """Reading age counts in English alone: it was made for no other language."""
    strengths = [finding.strength for finding in wording.check(version.text)]
    age = prose.reading_age(version.text) if question.language == "en" else 0.0
    return Found(strengths.count(wording.BLOCK), strengths.count(wording.TICK), age if age > HARDEST else 0.0)


def share(before: DraftVersion, after: str) -> float:
    """How much of a version these words change, 0.0 to 1.0."""
    return diffing.share_changed(before.text, after)


def needed(question: Question) -> int:
    """How many signatures this question's answer needs."""
    return 2 if question.level == states.RED else 1


def live(version: DraftVersion) -> list[Approval]:
    """The signatures under a version that count: of reviewers who may see it now, and never of who holds it.

    A version's own writer has none under it: the database refuses that. An author's acceptance is no second person's
    signature and is not among them.
    """
    question = version.draft.round.question
    rows = version.approvals.filter(voided_at=None, approver__is_active=True, approver__role__in=roles.REVIEWERS)
    rows = rows.exclude(approver=question.holder_id).exclude(approver__in=question.recusals.values("person"))
    return list(rows.select_related("approver"))


def is_small_edit(version: DraftVersion, question: Question) -> bool:
    """Whether the author may accept this version: a reviewer's, on green, at most 15 % from the author's last, and
    with nothing in it that a supervisor has to take on or that is hidden from the author.
    """
    if question.level != states.GREEN or question.holder_id in {None, version.writer_id}:
        return False
    if masking.where(version.text, masking.names_of(question)):
        return False
    own = authors_last(version, question)
    if own is None or share(own, version.text) > SMALL or escalating.is_open(question):
        return False
    return not any(found_in(version, question))


def authors_last(version: DraftVersion, question: Question) -> DraftVersion | None:
    """The newest wording of the author's own, up to this version; None where they wrote none or there is no author."""
    own = version.draft.versions.filter(writer=question.holder_id, number__lte=version.number).order_by("number").last()
    if own:
        own.draft = version.draft
    return own


def authors_until(version: DraftVersion) -> datetime:
    """Until when a small edit waits for its author alone."""
    return calendars.current().add(version.saved_at, AUTHORS_HOUR)


def check_approver(version: DraftVersion, question: Question, by: Person, *, now: datetime) -> None:
    """Raise Refused unless this reviewer may sign this version now."""
    check_reads(by, question)
    if version.writer_id == by.pk:
        raise Refused("You wrote this wording. Somebody else has to approve it.")
    if _came_from(by, version, strictly=question.level != states.GREEN):
        raise Refused("Most of this wording is your own from an earlier version. Somebody else has to approve it.")
    signed = live(version)
    if has_signed(by, signed) and len(signed) < needed(question):
        raise Refused("You have signed this wording already. It waits for a second signature.")
    _check_lead(question, by, signed)
    _check_lowered(version, question, by, signed)
    check_buddy(question, by, now=now)
    if is_small_edit(version, question) and now < authors_until(version):
        raise Refused("The author has one open hour to read this edit first. After that you can approve it.")


def _check_lead(question: Question, by: Person, signed: list[Approval]) -> None:
    """Raise Refused where the lead or a deputy has to be among the signers and would be missing."""
    if any(map(signs_red, [by, *(approval.approver for approval in signed)])):
        return
    if question.level == states.RED:
        if signed:
            raise Refused("The second signature on a red answer is the safeguarding lead's or a deputy's.")
    elif escalating.is_open(question):
        raise Refused("This was escalated, so the safeguarding lead or a deputy signs it.")


def _check_lowered(version: DraftVersion, question: Question, by: Person, signed: list[Approval]) -> None:
    """Raise Refused where one person would lower what waits from red and then send it with nobody else."""
    if question.level == states.RED or any(approval.approver_id != by.pk for approval in signed):
        return
    lowered = LevelChange.objects.filter(round=question.round, was=states.RED, by=by)
    if lowered.filter(at__gte=version.draft.submitted_at).exists():
        raise Refused("You lowered this from red while it waited. Somebody else has to approve it.")


def check_buddy(question: Question, by: Person, *, now: datetime) -> None:
    """Raise Refused while the author's buddy reads this first."""
    buddy = sitting.buddy_for(question, now=now)
    if buddy is None or buddy.pk == by.pk:
        return
    assert question.holder  # whose buddy it is
    after = timing.moment(sitting.buddys_until(question))
    raise Refused(f"{question.holder.alias}'s buddy {buddy.alias} reads this one first. After {after} anybody can.")


def has_signed(person: Person, signed: list[Approval]) -> bool:
    return any(approval.approver_id == person.pk for approval in signed)


def check_reads(by: Person, question: Question) -> None:
    """Raise Refused unless this person reads the language of the question."""
    if reason := fitting.not_in_their_language(by, question):
        raise Refused(reason)


def _came_from(person: Person, version: DraftVersion, *, strictly: bool) -> bool:
    """Whether this person wrote nearly these words into an earlier version, where the one before had others.

    strictly: a few words of theirs are enough, where any edit needs a second supervisor.
    """
    earlier = version.draft.versions.filter(number__lt=version.number).order_by("-number")
    for own in earlier.filter(writer=person):
        before = earlier.filter(number__lt=own.number).exclude(writer=person).first()
        if not _is_near(own, version):
            continue
        if before is None or not _is_near(before, version) or (strictly and _is_nearer(own, before, version)):
            return True
    return False


def _is_nearer(own: DraftVersion, before: DraftVersion, version: DraftVersion) -> bool:
    """Whether what was changed in own still stands in this version."""
    return share(own, version.text) < share(before, version.text)


def _is_near(earlier: DraftVersion, version: DraftVersion) -> bool:
    earlier.draft = version.draft
    return share(earlier, version.text) <= SMALL


def signs_red(person: Person) -> bool:
    """Whether one of the two signatures on red has to be theirs, or that of somebody like them."""
    return person.role == Role.LEAD or person.deputy


def check_wording(found: Found, *, override: bool, disclosure: bool, reason: str) -> str:
    """The reason as it is kept. Raises Refused where the wording has something in it that nobody took on."""
    if found.stopped and not override:
        raise Refused("The wording check stops this draft. Change the wording, or tick that it may stand.")
    if found.told and not disclosure:
        raise Refused("The writer speaks of themselves. Tick that you read it and it helps, or change the wording.")
    kept = prose.canonical(reason)
    if len(kept) > REASON:
        raise Refused(f"A reason can have {REASON} characters at most. This one has {len(kept):,}.")
    if found.needs_reason and not kept:
        raise Refused(_no_reason(found))
    return kept if found.needs_reason else ""


def _no_reason(found: Found) -> str:
    if found.stopped:
        return "Say why the words that the check stopped may stand."
    return f"Its reading age is {found.age}. Above {HARDEST} say why it has to be that hard."


def sign(
    version: DraftVersion, question: Question, by: Person, *, now: datetime, found: Found, reason: str = ""
) -> Approval:
    """Write the signature down with the digest of the wording. A voided one of the same person comes alive again."""
    approval = Approval.objects.filter(version=version, approver=by).first() or Approval(version=version, approver=by)
    if approval.pk and approval.voided_at is None:
        raise Stale("You have signed this wording already.")
    approval.version, approval.writer, approval.at, approval.voided_at = version, version.writer, now, None
    approval.digest, approval.reason = prose.digest(version.text, key=question.key()), None
    try:
        with transaction.atomic():
            approval.save()
    except IntegrityError:
        raise Stale("You have signed this wording already.") from None
    if reason:
        # The row's number is part of the seal, and the database gave it only now.
        approval.reason = reason
        approval.save(update_fields=["reason"])
    _void(Q(version__draft=version.draft) & ~Q(version=version), now)
    facts = {"draft": str(version.draft_id), "number": version.number, "overridden": found.stopped}
    facts["disclosures"] = found.told
    if found.age:
        facts["reading_age"] = found.age
    history.record(subject=question.subject, kind="approved", actor=by.name, now=now, facts=facts)
    return approval


def void(draft: Draft, *, now: datetime) -> None:
    """End every live signature under a draft: its wording or its readers changed."""
    _void(Q(version__draft=draft), now)


def _void(which: Q, now: datetime) -> None:
    Approval.objects.filter(which, voided_at=None).update(voided_at=now)


@transaction.atomic
def send(version: DraftVersion, question: Question, actor: Actor, *, signed: list[Approval], now: datetime) -> Message:
    """Put the signed wording in front of the asker: an answer ends the round, a clarifying question waits for a reply.

    Raises Refused when a signature is for other words, Stale.
    """
    draft, digest = version.draft, _signed_digest(signed)
    Draft.objects.filter(pk=draft.pk).update(submitted_at=None)
    Reviewing.objects.filter(draft=draft).delete()
    if draft.kind == Draft.Kind.CLARIFICATION:
        return answering.pause(question, text=version.text, digest=digest, by=actor, now=now)
    message = answering.deliver(
        question, kind=Message.Kind.ANSWER, text=version.text, digest=digest, to=states.ANSWERED, by=actor, now=now
    )
    claiming.close(question, at=now)
    unsent.end(question, by=actor.name, now=now)
    counting.answered(question.holder_id)
    return message


def _signed_digest(signed: list[Approval]) -> bytes:
    digests = {bytes(approval.digest) for approval in signed}
    if len(digests) != 1:
        raise Refused("These are not the words that were approved.")
    return digests.pop()
