"""One house with somebody of every role in it, a question of every kind, and a word in each by which it is known."""

import uuid
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple
from uuid import uuid4

from advisors.drafting import claiming, writing
from advisors.duty import presence
from advisors.duty.models import Absence, Shift
from advisors.models import Invitation, Person
from advisors.safeguarding import glass, raising
from advisors.signoff import locking, own_words, reading, reviewing, rewording, triaging, wordings
from advisors.team import debriefing, practising, supporting, teaching
from advisors.team.models import Debrief, Kudos, Post, Turn
from askpeer.models import OutboxRow
from questions.intake import withdrawing
from questions.intake.models import RiskRule, SuggestedWord
from questions.models import Feedback, Message, Question, SafetyReport, Signpost
from questions.partners import hooks, keys
from questions.partners.models import Partner
from questions.publication import nominating
from tests.factories import (
    FINE,
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TopicFactory,
    TrusteeFactory,
    make_question,
)

MARK = "zanzibar"  # begins the word that stands in a question's texts, and nowhere else
DETAILS = ["new school", "lunch alone"]
WORDS = (
    "Eating lunch alone at a new school is hard, and it says nothing bad about you. You could ask one person in your "
    "form what they do at lunch. You could also find a club that meets then. Pick one and try it this week."
)
NOWHERE = uuid.UUID(int=7)
ABOUT_US = {"staff": {"about_staff": True}, "ours": {"about_staff": True, "about_lead": True}}
QUESTIONS = ("held", "review", "edited", "new", "open", "answered", "staff", "ours", "kept", "erased")


class House(NamedTuple):
    """people: by role. questions: by what is special about each. rows: what hangs on them, own and another's."""

    people: dict[str, Person]
    questions: dict[str, Question]
    rows: dict[str, tuple[object, ...]]


def mark(name: str) -> str:
    return f"{MARK}{name}"


def build(now) -> House:
    """Sam holds three questions, Nell one that nobody else of the house may see; the rest wait."""
    people = _people()
    wordings.load(writer=people["supervisor"], approver=people["second"])
    presence.go_on(person=people["supervisor"], now=now)
    make = {name: partial(_question, name, people, now) for name in QUESTIONS}
    questions = {name: build() for name, build in make.items()}
    rows = _rows(people, questions, now)
    return House(people, {name: Question.objects.get(pk=row.pk) for name, row in questions.items()}, rows)


def _people():
    consent, buddy = date(2026, 9, 1), PersonFactory(alias="Bo")
    return {
        "buddy": buddy,
        "advisor": PersonFactory(alias="Sam"),
        "young": PersonFactory(alias="Kim", born_on=date(2010, 5, 1), guardian_consent_on=consent),
        "supervisor": SupervisorFactory(alias="Ruth"),
        "lead": LeadFactory(alias="Lena"),
        "trustee": TrusteeFactory(alias="Tara"),
        "manager": ManagerFactory(alias="Mia"),
        "deactivated": SupervisorFactory(alias="Gone", is_active=False),
        "another": PersonFactory(alias="Nell", buddy=buddy),
        "second": SupervisorFactory(alias="Omar"),
        "other lead": LeadFactory(alias="Lou"),
        "other manager": ManagerFactory(alias="Max"),
    }


def _question(name, people, now):
    text = f"I moved to a new school in May and I eat lunch alone, {mark(name)}."
    row = make_question(text=text, now=now, email=f"{mark('mail')}@example.org", **ABOUT_US.get(name, {}))
    by = people["another" if name in {"kept", "answered"} else "advisor"]
    if name not in {"new", *ABOUT_US, "erased"}:
        ruth = people["supervisor"]
        triaging.pass_on(question=row, version=1, summary="New school.", content_notes=[], by=ruth, now=now)
    if name in {"held", "review", "edited", "answered", "kept"}:
        claiming.claim(question=row, by=by, version=row.version, now=now)
        text = f"{WORDS}\n\nYours, {mark(name)}."
        writing.save(question=row, kind="answer", text=text, details=DETAILS, base=0, by=by, now=now)
    if name in {"review", "edited", "answered", "kept"}:
        writing.submit(question=row, kind="answer", base=1, by=by, version=row.version, now=now)
    _finish(name, row, people, now)
    return row


def _finish(name, row, people, now):
    draft = reading.draft_in_review(row)
    if name == "edited":
        text = f"{WORDS.replace('is hard', 'is really hard')}\n\nYours, {mark(name)}."
        reviewing.edit(draft=draft, base=1, text=text, by=people["supervisor"], now=now)
    elif name == "answered":
        reviewing.approve(draft=draft, number=1, by=people["second"], marks=FINE, now=now)
    elif name == "kept":
        for role in ("advisor", "young", "supervisor", "lead"):
            claiming.recuse(question=row, by=people[role], now=now)
    elif name == "erased":
        withdrawing.erase(question=row, now=now)


def _rows(people, questions, now):
    """The id of each kind of row that is open to whoever handles it, and of one that is kept from them."""
    pair = [Question.objects.get(pk=questions[name].pk) for name in ("held", "kept")]
    answered = [Question.objects.get(pk=questions[name].pk) for name in ("answered", "kept")]
    later = [_said(row, now) for row in pair]
    words = [Feedback.objects.create(round=row.round, words=mark("words"), sent_at=now) for row in answered]
    reports = [SafetyReport.objects.create(round=row.round, words=mark("report"), sent_at=now) for row in answered]
    topic = TopicFactory()
    suggestions = [SuggestedWord.objects.create(topic=topic, word=word, sent_on=now.date()) for word in ("meh", "bleh")]
    found = {
        "message": later,
        "feedback": words,
        "report": reports,
        "publication": [nominating.candidate(row.round, now=now) for row in answered],
        "word": suggestions[:1],
        "topic": [topic],
        **_settings(people, now),
        "person": [people["another"]],
        "newcomer": [people["another"]],
        "absence": [_away(people, now)],
        "turn": [_turn(people, now)],
        "debrief": [_debrief(people, now)],
        "comment": _comments(people, questions, now),
        "own words": _own_words(people, questions, now),
        "concern": _concerns(people, questions, now),
        "call": [supporting.call(person=people["another"], words="Hard day.", now=now)],
        "attempt": [_attempt(people, now)],
        "post": [Post.objects.create(writer=people["another"], text="Tea is up.", at=now)],
        "kudos": [Kudos.objects.create(person=people["another"], giver=people["second"], text="Thanks.", at=now)],
        "invitation": [_invitation(people, now)],
        "failed": [_failed(now)],
        "shift": [
            Shift.objects.create(person=people["supervisor"], starts_at=now, ends_at=now + timedelta(hours=4)),
        ],
    }
    found |= _partners(now)
    return {name: tuple(row.pk for row in rows) for name, rows in found.items()} | _glasses(people, questions, now)


def _settings(people, now):
    """One of each of what managers set, and words for a text that wait for a second person."""
    words = {"kind": "holding", "code": "not_safe", "language": "en", "label": "New", "text": "We read it."}
    rewording.propose(**words, by=people["other manager"], now=now)
    return {
        "risk rule": [RiskRule.objects.create(label="A plan", level="red", phrases=["a plan for tonight"])],
        "signpost": [Signpost.objects.create(slug="local", name="Local", summary="They listen.")],
        "wording": [wordings.choose("holding", "not_safe", language="en")],
        "waiting wording": [rewording.waiting().get()],
    }


def _partners(now):
    """One partner and another, each with a key, a webhook, and an event that it was told of."""
    pair = [Partner.objects.create(name=f"Partner {slug}", slug=slug) for slug in ("one", "other")]
    for partner in pair:
        keys.issue(partner=partner, scopes=["ask"], now=now)
        hooks.add(partner=partner, url=f"https://{partner.slug}.example.org/", now=now)
    hears = [partner.hooks.get() for partner in pair]
    return {
        "partner": pair[:1],
        "partner key": [partner.keys.get() for partner in pair],
        "webhook": hears,
        "event": [_told(hook, now) for hook in hears],
    }


def _told(hook, now):
    """A text left the library, which is over; where it would be told again, it is not."""
    refs = {"hook": str(hook.pk), "event": hooks.PUBLISHED, "publication": str(uuid4())}
    values = {"state": "sent", "due_at": now, "created_at": now, "settled_at": now}
    return OutboxRow.objects.create(kind="webhook", key=f"hook:{hook.pk}:there", refs=refs, **values)


def _said(row, now):
    return Message.objects.create(round=row.round, kind="reply", text=f"Hello {mark('words')}", sent_at=now)


def _comments(people, questions, now):
    drafts = [reading.draft_in_review(Question.objects.get(pk=questions[name].pk)) for name in ("review", "kept")]
    values = {"number": 1, "paragraph": 0, "text": f"See {mark('words')}.", "by": people["second"], "now": now}
    return [reviewing.comment(draft=draft, **values) for draft in drafts]


def _own_words(people, questions, now):
    pair = [Question.objects.get(pk=questions[name].pk) for name in ("open", "kept")]
    values = {"kind": "redirect", "code": "legal_advice", "text": f"Go there, {mark('words')}.", "now": now}
    return [own_words.propose(question=row, by=people["second"], **values) for row in pair]


def _concerns(people, questions, now):
    held = Question.objects.get(pk=questions["held"].pk)
    values = {"kind": "safety", "words": mark("words"), "now": now}
    return [raising.raise_concern(question=held, by=people["advisor"], version=held.version, **values)]


def _attempt(people, now):
    return practising.send(unit=teaching.course("craft").last, words="I would ask.", by=people["another"], now=now)


def _away(people, now):
    day = (now + timedelta(days=9)).date()
    return Absence.objects.create(person=people["another"], first_day=day, last_day=day)


def _turn(people, now):
    return Turn.objects.create(person=people["another"], starts_at=now, ends_at=now + timedelta(hours=1))


def _debrief(people, now):
    """Nell would like to talk: her buddy and the reviewers may be the one."""
    row = Debrief.objects.create(person=people["another"], offered_at=now)
    return debriefing.answer(debrief=row, wanted=True, by=people["another"], now=now)


def _invitation(people, now):
    values = {"email": "new@example.org", "alias": "New", "role": "advisor", "born_on": date(2000, 1, 1)}
    return Invitation.objects.create(
        digest=b"d" * 32, invited_by=people["manager"], sent_at=now, expires_at=now + timedelta(days=7), **values
    )


def _failed(now):
    values = {"state": "dead", "due_at": now, "created_at": now, "settled_at": now}
    refs = {"subject": f"question:{uuid4()}", "round": 1}
    return OutboxRow.objects.create(kind="late", key="late:1", refs=refs, **values)


def _glasses(people, questions, now):
    held = Question.objects.get(pk=questions["held"].pk)
    locking.lock_away(question=held, reason="Danger.", last_day=date(2027, 1, 1), by=people["lead"], now=now)
    values = {"question": held, "reason": "They may not be safe.", "now": now}
    contact = glass.break_glass(what="contact", by=people["lead"], **values)
    whole = glass.break_glass(what="question", by=people["manager"], **values)
    return {"contact glass": (contact.pk, whole.pk), "question glass": (whole.pk, contact.pk)}
