"""Triage: a supervisor reads what an asker sent before any advisor does, and says what happens with it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from advisors import roles
from advisors.drafting import claiming, unsent
from advisors.drafting.masking import names_of
from advisors.models import Person
from advisors.signoff import masking, seeing, thanking, wordings
from advisors.signoff.listing import waiting
from advisors.signoff.models import Wording
from advisors.team import coaching as coachings
from askpeer import details, history, prose
from askpeer.errors import Refused, Stale
from askpeer.models import TrailEntry
from questions import answering, moves, redating, states
from questions.intake import asking, risk
from questions.models import Feedback, Message, Question, Topic

__all__ = [
    "hold",
    "pass_feedback",
    "pass_message",
    "pass_on",
    "redirect",
    "set_apart",
    "take_back",
    "waiting",
]

SUMMARY = 160  # characters
NOTES = 5
UNDO = timedelta(minutes=10)
# A fixed list: the desk shows them beside every card, so they are kept plain, and nobody's own words belong there.
CONTENT_NOTES = (
    "suicidal thoughts",
    "self-harm",
    "eating and body",
    "sex",
    "sexual assault",
    "violence at home",
    "abuse",
    "bullying",
    "drink and drugs",
    "death of someone",
    "threats online",
)
Kind = Message.Kind


@transaction.atomic
def pass_on(
    *,
    question: Question,
    version: int,
    summary: str,
    content_notes: Iterable[str],
    by: Person,
    now: datetime,
    topic: Topic | None = None,
    names: Iterable[str] | None = None,
    shown: str | None = None,
) -> None:
    """Let advisors have a new question: its text may be read, and the desk shows the one line.

    topic replaces the asker's, names are hidden from advisors from now on; None keeps what is there. shown is as
    masking.mask() takes it. Raises Refused, Stale.
    """
    by = seeing.acting(by, question)
    if question.about_staff:
        raise Refused("A case about someone who works here stays with the safeguarding lead.")
    seeing.check_version(question, version)
    line, notes = _summary(summary), _notes(content_notes)
    # Before the question: a manager who makes a topic heavy holds it while its questions are taken from the young.
    topic = asking.held(topic) if topic else None
    seeing.lock(question)
    masking.check_shown(question, shown)
    hidden = [*names_of(question)] if names is None else masking.tidy(names)
    if masking.is_in(line, hidden):
        raise Refused("The line for the desk has a name in it that you hide from advisors. Leave it out.")
    was_apart = {"apart": question.quarantined}
    changes = {"content_notes": notes, "quarantined": False} | ({"topic": topic} if topic else {})
    moves.move(question, states.OPEN, by=roles.supervisor(by), now=now, changes=changes, facts=was_apart)
    if was_apart["apart"]:
        redating.tell_what_was_not(question, now=now)
    question.summary = line
    masking.put(question, hidden)
    question.save(update_fields=["summary", "masked"])
    _unpassed(question).update(passed_at=now)
    claiming.let_go_if_too_heavy(question, by=roles.supervisor(by), now=now)


def _summary(text: str) -> str:
    line = " ".join(prose.canonical(text).split())
    if not line:
        raise Refused("Write one line for the desk, so that an advisor can choose.")
    if len(line) > SUMMARY:
        raise Refused(f"The line for the desk can have {SUMMARY} characters at most. This one has {len(line):,}.")
    if kinds := dict.fromkeys(details.SAID[detail.kind] for detail in details.find(line)):
        found = prose.listed(kinds)
        raise Refused(f"The line for the desk has {found} in it. Leave that out: it could point to one person.")
    return line


def _notes(notes: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(notes))
    if not set(kept) <= set(CONTENT_NOTES):
        raise Refused("Choose the content notes from the list.")
    if len(kept) > NOTES:
        raise Refused(f"There can be {NOTES} content notes at most.")
    return kept


def _unpassed(question: Question) -> QuerySet[Message]:
    return Message.objects.filter(round=question.round, kind__in=Message.FROM_ASKER, passed_at=None)


@transaction.atomic
def take_back(*, question: Question, version: int, by: Person, now: datetime) -> None:
    """Undo passing on: for ten minutes, while nobody has claimed it. The line, the notes and the names stay.

    Raises Refused, Stale. 10 SQL and the move.
    """
    by = seeing.acting(by, question)
    seeing.check_version(question, version)
    # Before looking: whoever claims it meanwhile makes this page an old one.
    seeing.lock(question)
    passed = _passed_on(question)
    if passed is None or now - passed.at > UNDO:
        raise Refused("This can be undone for ten minutes, and only while nobody has taken it.")
    # The clock of the stage that begins again depends on it, so the row has it before the move.
    question.quarantined = passed.facts.get("apart", False)
    apart = {"quarantined": question.quarantined}
    moves.move(question, states.NEW, by=roles.supervisor(by), now=now, changes=apart, facts={"undone": passed.pk})
    # What was missed while it was open rings at once: its asker has waited all the time.
    question.entered_at = _began(question, passed)
    moves.set_alarm(question, now=now, changes={"entered_at": question.entered_at})
    together = Message.objects.filter(round=question.round, kind__in=Message.FROM_ASKER, passed_at=passed.at)
    together.update(passed_at=None)


def _passed_on(question: Question) -> TrailEntry | None:
    """The passing on that is this question's latest move, or None."""
    last = TrailEntry.objects.filter(subject=question.subject, kind="moved").order_by("-pk").first()
    came = last and (last.facts.get("from"), last.facts.get("to"), last.at)
    return last if came == (states.NEW, states.OPEN, question.entered_at) else None


def _began(question: Question, passed: TrailEntry) -> datetime:
    """When the wait for triage began that this passing on ended; an undoing only takes it up again."""
    moved = TrailEntry.objects.filter(subject=question.subject, kind="moved", pk__lt=passed.pk, facts__to=states.NEW)
    came = moved.exclude(facts__has_key="undone").last()
    return came.at if came else question.round.asked_at


def may_take_back(question: Question, *, now: datetime) -> bool:
    """Whether take_back() would do it. No SQL for what is not open."""
    if question.status != states.OPEN or now - question.entered_at > UNDO:
        return False
    return _passed_on(question) is not None


@transaction.atomic
def set_apart(*, question: Question, apart: bool, by: Person, now: datetime) -> None:
    """Put a new question in quarantine, or let it out. Its clock runs on from when it came. Raises Refused, Stale."""
    by = seeing.acting(by, question)
    if question.status != states.NEW:
        raise Refused("Only a new question can be set apart.")
    seeing.lock(question)
    if not Question.objects.filter(pk=question.pk, quarantined=not apart).exists():
        raise Stale("Somebody else has done this already.")
    question.quarantined = apart
    moves.set_alarm(question, now=now, changes={"quarantined": apart})
    history.record(subject=question.subject, kind="quarantine", actor=by.name, now=now, facts={"apart": apart})
    if not apart:
        redating.tell_what_was_not(question, now=now)
    if question.level == states.RED and not apart:
        risk.alert(question, now=now)


@transaction.atomic
def pass_message(*, message: Message, by: Person, now: datetime) -> None:
    """Let the advisor read a reply. Raises Refused, Stale when somebody already did."""
    question = message.round.question
    by = seeing.acting(by, question)
    if not message.is_from_asker or question.status == states.NEW:
        raise Refused("Pass on the question itself: its text goes with it.")
    _pass(message, by, question, now)


@transaction.atomic
def pass_feedback(*, feedback: Feedback, by: Person, now: datetime, coaching: str = "") -> None:
    """Let the advisor read what the asker said of the answer, as the given row has it, with a line of what worked.

    The asker may say it anew at any time: words that nobody has read are not passed on with the old ones.
    Raises Refused, Stale.
    """
    question, line = feedback.round.question, coachings.fitting(coaching)
    thanking.lock_people(feedback, by)
    by = seeing.acting(by, question)
    _pass(feedback, by, question, now)
    coachings.coach(feedback, line, by=by, now=now)
    thanking.count(feedback, now=now)


def _pass(row: Message | Feedback, by: Person, question: Question, now: datetime) -> None:
    moves.lock(question)
    # The words may have raised the level when they came.
    claiming.let_go_if_too_heavy(question, by=roles.supervisor(by), now=now)
    if not type(row).objects.filter(pk=row.pk, sent_at=row.sent_at, passed_at=None).update(passed_at=now):
        raise Stale("Someone else has already passed this on.")
    row.passed_at = now
    history.record(subject=question.subject, kind="passed", actor=by.name, now=now)


@transaction.atomic
def redirect(
    *, question: Question, version: int, code: str, by: Person, now: datetime, shown: Collection[int] | None = None
) -> Message:
    """End this round with a sentence that two people approved, for a coded reason. Raises Refused, Stale.

    shown is as wordings.choose() takes it.

    It leaves quarantine with it, since somebody has read it: what is sent may be announced to the address it came with.
    """
    by = seeing.acting(by, question)
    seeing.check_version(question, version)
    wording = wordings.choose(Wording.Kind.REDIRECT, code, language=question.language, shown=shown)
    unsent.end(question, by=by.name, now=now)
    message = _deliver(question, Kind.REDIRECT, wording, by=by, now=now, to=states.REDIRECTED)
    claiming.close(question, at=now)
    return message


@transaction.atomic
def hold(*, question: Question, code: str, by: Person, now: datetime, shown: Collection[int] | None = None) -> Message:
    """Send a red asker a first sentence while the answer is written; the status stays. Once a round.

    shown is as wordings.choose() takes it.

    It leaves quarantine with it, since somebody has read it: what is sent may be announced to the address it came with.
    Raises Refused, Stale when the round has its holding reply.
    """
    by = seeing.acting(by, question)
    if question.level != states.RED or question.status not in states.UNFINISHED:
        raise Refused("A holding reply is for a red question that waits for its answer.")
    seeing.lock(question)
    if question.round.messages.filter(kind=Kind.HOLDING).exists():
        raise Stale("A holding reply has already been sent.")
    wording = wordings.choose(Wording.Kind.HOLDING, code, language=question.language, shown=shown)
    unsent.end(question, by=by.name, now=now, kind=Wording.Kind.HOLDING)
    return _deliver(question, Kind.HOLDING, wording, by=by, now=now, to=None)


def let_out(question: Question, *, by: Person, now: datetime) -> None:
    """Take a question out of quarantine together with what is sent to its asker. Raises Stale."""
    if question.quarantined:
        moves.update(question, {"quarantined": False})
        history.record(subject=question.subject, kind="quarantine", actor=by.name, now=now, facts={"apart": False})


def _deliver(question: Question, kind: str, wording: Wording, *, by: Person, now: datetime, to: str | None) -> Message:
    let_out(question, by=by, now=now)
    text = prose.canonical(wording.text)
    digest = prose.digest(text, key=question.key())
    message = answering.deliver(question, kind=kind, text=text, digest=digest, to=to, by=roles.supervisor(by), now=now)
    facts = {"code": wording.code, "wording": wording.pk}
    history.record(subject=question.subject, kind=kind, actor=by.name, now=now, facts=facts)
    return message
