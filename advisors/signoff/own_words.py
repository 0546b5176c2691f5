"""A redirect or a holding reply in a reviewer's own words, for one round: it leaves when a second person said yes."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from advisors import roles
from advisors.drafting import claiming, wording
from advisors.models import Person, Role
from advisors.signoff import seeing, signing, triaging, wordings
from advisors.signoff.models import OwnWords
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import answering, states
from questions.models import Message, Question

LONGEST = 3000  # characters
SHOWN = 30
ENDED = "These words have been sent or dropped already."
Kind = OwnWords.Kind


@transaction.atomic
def propose(*, question: Question, kind: str, code: str, text: str, by: Person, now: datetime) -> OwnWords:
    """Write the words down for a second person to read; nothing is sent yet. Raises Refused, Stale."""
    by = seeing.acting(by, question)
    signing.check_reads(by, question)
    _check_fits(question, kind)
    if question.about_lead and not roles.others_who_see(question, than=by).exists():
        raise Refused("Nobody else here may read this question, so nobody could say yes. Send a ready sentence.")
    reason = wordings.choose(kind, code, language=question.language).code
    words = _text(text)
    seeing.lock(question)
    row = OwnWords(round=question.round, kind=kind, code=reason, text=words, writer=by, written_at=now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Stale("Somebody's own words for this question wait already. Look at those first.") from None
    _record(question, "own_words", row, by, now)
    return row


def _text(text: str) -> str:
    words = prose.canonical(text)
    if not words:
        raise Refused("Write what they should read.")
    if len(words) > LONGEST:
        raise Refused(f"This can have {LONGEST:,} characters at most. It has {len(words):,}.")
    if blocked := wording.blocks(words):
        raise Refused(f"The wording check stops “{blocked[0].phrase}”. {blocked[0].why}")
    return words


def _check_fits(question: Question, kind: str) -> None:
    """Raise Refused unless a message of this kind may leave now."""
    if question.status not in states.UNFINISHED:
        raise Refused("This round has ended, so nothing more is sent in it.")
    if kind != Kind.HOLDING:
        return
    if question.level != states.RED:
        raise Refused("A holding reply is for a red question that waits for its answer.")
    if question.round.messages.filter(kind=Message.Kind.HOLDING).exists():
        raise Stale("A holding reply has already been sent.")


@transaction.atomic
def approve(*, words: OwnWords, by: Person, now: datetime) -> Message:
    """A second person's yes: the words are sent, and a redirect ends the round. Raises Refused, Stale."""
    question = words.round.question
    by, writer = seeing.acting(by, question), Person.objects.get(pk=words.writer_id)
    signing.check_reads(by, question)
    if writer.pk == by.pk:
        raise Refused("You wrote this yourself. Somebody else has to read it.")
    if question.level == states.RED and not any(_signs_red(person, question) for person in (by, writer)):
        raise Refused("On a red question one of the two has to be the safeguarding lead or a deputy.")
    seeing.lock(question)
    if words.round.number != question.round_number:
        raise Refused("This round has ended, so nothing more is sent in it.")
    _check_fits(question, words.kind)
    _check_both_see(by, words, question)
    _end(words, now, approver=by)
    message = _send(words, question, by, now)
    _record(question, words.kind, words, by, now)
    return message


def _check_both_see(by: Person, words: OwnWords, question: Question) -> None:
    """Raise Refused unless both may see it, as they and the question are now that its row is held, Stale."""
    if not OwnWords.objects.filter(pk=words.pk, ended_at=None).exists():
        raise Stale(ENDED)
    fresh = Question.objects.get(pk=question.pk)
    seeing.check(by, fresh)
    if not roles.may_see(Person.objects.get(pk=words.writer_id), fresh):
        raise Refused("Whoever wrote this cannot open the question any more. Write your own words for a second person.")


def _signs_red(person: Person, question: Question) -> bool:
    """As for answers; of a case about the lead a trustee takes the lead's place."""
    return signing.signs_red(person) or (question.about_staff and person.role == Role.TRUSTEE)


def _send(words: OwnWords, question: Question, by: Person, now: datetime) -> Message:
    triaging.let_out(question, by=by, now=now)
    text = words.text
    digest = prose.digest(text, key=question.key())
    to = states.REDIRECTED if words.kind == Kind.REDIRECT else None
    actor = roles.supervisor(by)
    message = answering.deliver(question, kind=words.kind, text=text, digest=digest, to=to, by=actor, now=now)
    if to:
        claiming.close(question, at=now)
    return message


@transaction.atomic
def drop(*, words: OwnWords, by: Person, now: datetime) -> None:
    """Let the words go unsent, by their writer or somebody who read them. Raises Refused, Stale."""
    question = words.round.question
    by = seeing.acting(by, question)
    _end(words, now)
    _record(question, "own_words_dropped", words, by, now)


def _end(words: OwnWords, now: datetime, **changes: Person) -> None:
    if not OwnWords.objects.filter(pk=words.pk, ended_at=None).update(ended_at=now, **changes):
        raise Stale(ENDED)
    words.ended_at = now


def _record(question: Question, kind: str, row: OwnWords, by: Person, now: datetime) -> None:
    facts = {"code": row.code, "own_words": str(row.pk), "kind": row.kind}
    history.record(subject=question.subject, kind=kind, actor=by.name, now=now, facts=facts)


def open_to(person: Person) -> QuerySet[OwnWords]:
    """What waits for a second person and this one may see."""
    rows = OwnWords.objects.filter(
        seeing.visible(person, question="round__question"),
        ended_at=None,
        round__number=F("round__question__round_number"),
        round__question__status__in=states.UNFINISHED,
    )
    return rows.select_related("round__question__topic", "writer")


def waiting(person: Person) -> list[OwnWords]:
    """The first of these, the oldest leading; one's own stand among them, to be dropped. 1 SQL."""
    return list(open_to(person).order_by("written_at", "pk")[:SHOWN])
