"""One question answered at random by everybody at once: asker, advisors, supervisors, lead, manager and the clock."""

from datetime import UTC, date, datetime, timedelta
from functools import partial, wraps
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from advisors.beside import sitting
from advisors.drafting import claiming, fitting, writing
from advisors.duty import presence
from advisors.models import Person
from advisors.safeguarding import raising, recording
from advisors.signoff import leaving, levels, locking, own_words, reading, reviewing, settling, triaging, wordings
from advisors.signoff.models import Comment, OwnWords
from askpeer.errors import Refused
from questions import ringing, states
from questions.intake import feedback, following, replying, reporting, withdrawing
from questions.models import Feedback, Message, Question, SafetyReport
from tests.advisors import standing
from tests.factories import FINE, LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, make_question

START = datetime(2026, 11, 16, 11, tzinfo=UTC)
DETAILS = ["new school", "lunch alone"]
ASKED = "I moved to a new school in May and I eat lunch alone. My mum says give it time."
WORDS = (
    "Eating lunch alone at a new school is hard, and it says nothing bad about you. You could ask one person in your "
    "form what they do at lunch. You could also find a club that meets then. Pick one and try it this week."
)
SMALL = WORDS.replace("is hard", "is really hard")
BIG = "Thank you for writing. A teacher you like can help you find somebody to sit with at lunch this week."
OWN = "We are not lawyers. A law centre answers this for free."
TEXTS = st.sampled_from([WORDS, SMALL, BIG])
STAFF = ("sam", "kim", "ruth", "omar", "lena", "mia")
ANYBODY = st.sampled_from(["holder", *STAFF])
READER = st.sampled_from(["ruth", "omar", "lena", "ruth", "lena", "holder", *STAFF])
READY = st.sampled_from([True, True, False])
REVIEWER = st.sampled_from(["ruth", "omar", "lena"])
ADVISOR = st.sampled_from(["sam", "kim"])
SAYS = st.sampled_from(["Thank you. That helps.", "I still eat alone.", "I want to die tonight.", ""])
# Beginnings of every kind, so that in a hundred lives chance leaves no status out.
BEGINNINGS = (
    states.NEW,
    states.OPEN,
    states.IN_PROGRESS,
    *[states.IN_REVIEW] * 3,
    states.PENDING_ASKER,
    states.ANSWERED,
    states.CLOSED,
    states.REDIRECTED,
)
VISITED, DONE = set(), set()


def in_review(act):
    """Bring it into review first; where its life is over, there is nothing to do."""

    @wraps(act)
    def once_it_is(self, *args, **values):
        if self.reach(states.IN_REVIEW):
            act(self, *args, **values)

    return once_it_is


class Answering(RuleBasedStateMachine):
    """Every act may be refused; what never happens is that a refused act changes something."""

    def __init__(self, people, listed):
        super().__init__()
        self.people, self.listed = people, listed
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = START
        self.pk = make_question(text=ASKED, now=START, email="someone@example.org").pk
        self.old = self.read()
        self.picture = standing.picture()
        self.sent, self.level, self.turns = set(), states.GREEN, count(1)
        self.entries, self.waits = set(), None

    @property
    def status(self):
        return self.picture["status"]

    @property
    def version(self):
        return self.picture["version"]

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def read(self):
        return Question.objects.get(pk=self.pk)

    def person(self, name, question=None):
        """Somebody as they are now; "holder" is whoever holds the question, or Sam."""
        if name == "holder":
            return (question or self.read()).holder or self.person("sam")
        return Person.objects.get(pk=self.people[name].pk)

    def attempt(self, act, *, legal=None):
        """Run an act. Refused, it has left everything as it was; done, every rule holds. legal=False: is refused."""
        try:
            act()
        except Refused as refusal:
            assert legal is not True
            self.nothing_changed(refusal)
        else:
            assert legal is not False
            DONE.add(f"{act.func.__module__.rpartition('.')[2]}.{act.func.__name__}")
            self.look()

    def nothing_changed(self, refusal):
        now_there = standing.picture()
        if str(refusal) == raising.NOBODY:
            # Refused since nobody may read it, the manager is told.
            self.picture = self.picture | {"OutboxRow": now_there["OutboxRow"]}
        assert now_there == self.picture

    def look(self):
        """Check every rule, where something changed since the last look."""
        picture = standing.picture()
        if picture == self.picture:
            return
        there = standing.read(picture)
        standing.check(there, self.listed, now=self.now)
        self.check_what_was_just_sent(there)
        self.check_what_stays(there)
        VISITED.update(to for _, to in standing.moved(there))
        self.picture, self.level = picture, there.question.level

    def check_what_was_just_sent(self, there):
        ours = {row.pk: row for row in there.messages if row.kind in standing.OURS}
        for pk in ours.keys() - self.sent:
            # The level of a moment ago: sending does not change it, and it may be lowered later.
            assert standing.carries_what_its_level_asks(there, ours[pk], self.level)
        self.sent = set(ours)

    def check_what_stays(self, there):
        """The log keeps every line as it was; and while a reply waits to be read, nothing of whoever is under 18."""
        assert self.entries <= there.entries
        self.entries, before = there.entries, self.waits
        self.waits = standing.waits(there, now=self.now)
        assert None in {before, self.waits} or before == self.waits

    def is_too_heavy(self, person, question):
        return fitting.is_too_heavy(person, question, self.now)

    def draft(self):
        return reading.draft_in_review(self.read())

    @initialize(to=st.sampled_from(BEGINNINGS), steps=st.integers(0, 3))
    def it_has_come_so_far(self, to, steps):
        if to == states.REDIRECTED:
            for _ in range(steps):
                self.it_goes_its_usual_way()
            if steps > 1:
                self.somebody_approves_own_words("lena", "ruth", "redirect", 0)
            else:
                self.somebody_redirects_it("omar", 0)
            return
        if to == states.CLOSED and self.reach(states.ANSWERED):
            self.the_next_alarm_rings(0)
            return
        for _ in range(4):
            if self.status != to:
                self.it_goes_its_usual_way("clarification" if to == states.PENDING_ASKER else "answer")
        if to == states.PENDING_ASKER and steps > 0:
            self.somebody_passes_on_what_the_asker_said_later("ruth")
        if to == states.OPEN and steps > 1:
            self.somebody_leaves("omar", "mia", 0)

    @rule(kind=st.sampled_from(["answer", "answer", "clarification"]))
    def it_goes_its_usual_way(self, kind="answer"):
        """The next step of a life without trouble, whatever the last one was."""
        status = self.status
        if status == states.NEW:
            self.a_supervisor_passes_it_on("ruth", [])
        elif status == states.OPEN:
            self.somebody_claims_it("sam")
        elif status in writing.SENDABLE:
            self.somebody_saves("holder", WORDS, kind, lag=0)
            self.somebody_sends_it_for_review("holder", kind, lag=0)
        elif status == states.IN_REVIEW:
            self.somebody_approves("lena", lag=0)
        elif status == states.PENDING_ASKER:
            self.the_asker_replies("I still eat alone.")
        elif status == states.ANSWERED:
            self.the_asker_follows_up("I still eat alone.", False)

    def reach(self, *statuses):
        """Go the usual way until it stands in one of these, where that is still to come; whether it does."""
        while self.status not in statuses:
            before = self.version
            self.it_goes_its_usual_way()
            if self.version == before:
                return False
        return True

    # The clock

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(days=st.integers(1, 40), unlikely=st.integers(0, 3))
    def days_pass(self, days, unlikely):
        self.now += timedelta(days=days if unlikely == 0 else 0)

    @rule(unlikely=st.integers(0, 2))
    def the_next_alarm_rings(self, unlikely):
        if unlikely > 0:
            return
        self.now = max(self.now, self.read().alarm_at or self.now)
        self.attempt(partial(ringing.ring_due, now=self.now), legal=True)

    # Triage

    @rule(by=REVIEWER, notes=st.sampled_from([[], [], ["self-harm"]]))
    @precondition(lambda self: self.status == states.NEW)
    def a_supervisor_passes_it_on(self, by, notes):
        question = self.read()
        values = {"version": question.version, "summary": "New school.", "content_notes": notes}
        self.attempt(partial(triaging.pass_on, question=question, by=self.person(by), now=self.now, **values))

    @rule(by=ANYBODY, level=st.sampled_from(states.LEVELS), reason=st.sampled_from(["", "They are at their aunt's."]))
    def somebody_changes_the_level(self, by, level, reason):
        question = self.read()
        lower = states.LEVELS.index(level) < states.LEVELS.index(question.level)
        verb = levels.lower_level if lower else levels.raise_level
        legal = False if lower and not reason else None
        act = partial(verb, question=question, level=level, reason=reason, by=self.person(by, question), now=self.now)
        self.attempt(act, legal=legal)

    @rule(by=ANYBODY, unlikely=st.integers(0, 4))
    def somebody_redirects_it(self, by, unlikely):
        if unlikely == 0:
            question = self.read()
            values = {"version": question.version, "code": "legal_advice", "by": self.person(by, question)}
            self.attempt(partial(triaging.redirect, question=question, now=self.now, **values))

    @rule(by=ANYBODY, unlikely=st.integers(0, 2))
    def somebody_sends_a_holding_reply(self, by, unlikely):
        if unlikely == 0:
            self.somebody_changes_the_level("lena", states.RED, "")
        code = wordings.approved("holding", language="en")[0].code
        for who in (by, "lena"):
            question = self.read()
            legal = None if question.level == states.RED else False
            act = partial(triaging.hold, question=question, code=code, by=self.person(who, question), now=self.now)
            self.attempt(act, legal=legal)

    @rule(by=ANYBODY, lag=st.integers(0, 2), ready=READY)
    def somebody_takes_it_back_from_the_desk(self, by, lag, ready=False):
        if ready:
            self.reach(states.OPEN)
        for who, behind in ((by, lag == 2), ("lena", False)):
            question = self.read()
            legal = None if question.status == states.OPEN and not behind else False
            values = {"version": question.version - behind, "by": self.person(who, question)}
            self.attempt(partial(triaging.take_back, question=question, now=self.now, **values), legal=legal)

    @rule(by=ANYBODY, apart=st.sampled_from([True, True, False]), ready=READY)
    def somebody_sets_it_apart(self, by, apart, ready=False):
        if ready:
            self.reach(states.NEW)
        for who in (by, "lena"):
            question = self.read()
            legal = None if question.status == states.NEW else False
            act = partial(triaging.set_apart, question=question, apart=apart, by=self.person(who, question))
            self.attempt(partial(act, now=self.now), legal=legal)

    @rule(by=REVIEWER, undone_by=REVIEWER, minutes=st.sampled_from([0, 10, 11]))
    def a_level_is_raised_undone_and_lowered(self, by, undone_by, minutes):
        self.somebody_changes_the_level(by, states.RED, "")
        self.now += timedelta(minutes=minutes)
        for who in (undone_by, by):
            act = partial(levels.undo, question=self.read(), by=self.person(who), now=self.now)
            self.attempt(act, legal=False if minutes == 11 else None)
        self.somebody_changes_the_level(by, states.GREEN, "They are at their aunt's.")

    @rule(by=READER, kind=st.sampled_from(["redirect", "holding"]), text=st.sampled_from([OWN, ""]))
    def somebody_proposes_their_own_words(self, by, kind, text=OWN):
        question = self.read()
        code = wordings.approved(kind, language="en")[0].code
        values = {"kind": kind, "code": code, "text": text, "by": self.person(by, question)}
        legal = None if text and (kind == "redirect" or question.level == states.RED) else False
        self.attempt(partial(own_words.propose, question=question, now=self.now, **values), legal=legal)

    @rule(by=READER, writer=REVIEWER, kind=st.sampled_from(["redirect", "holding"]), unlikely=st.integers(0, 2))
    def somebody_approves_own_words(self, by, writer, kind, unlikely):
        if kind == "redirect" and unlikely > 0:
            return
        if kind == "holding":
            self.somebody_changes_the_level(writer, states.RED, "")
        self.somebody_proposes_their_own_words(writer, kind)
        if words := self.own_words():
            person = self.person(by, words.round.question)
            legal = False if person.pk == words.writer_id else None
            self.attempt(partial(own_words.approve, words=words, by=person, now=self.now), legal=legal)

    @rule(by=READER, writer=REVIEWER)
    def somebody_drops_own_words(self, by, writer):
        self.somebody_proposes_their_own_words(writer, "redirect")
        if words := self.own_words():
            person = self.person(by, words.round.question)
            self.attempt(partial(own_words.drop, words=words, by=person, now=self.now))

    @staticmethod
    def own_words():
        return OwnWords.objects.filter(ended_at=None).select_related("round__question", "writer").first()

    @rule(by=REVIEWER)
    def somebody_passes_on_what_the_asker_said_later(self, by):
        if self.status == states.PENDING_ASKER:
            self.the_asker_replies("Thank you. That helps.")
        later = Message.objects.filter(passed_at=None, kind="reply").select_related("round__question").first()
        words = Feedback.objects.filter(passed_at=None).select_related("round__question").first()
        if later:
            self.attempt(partial(triaging.pass_message, message=later, by=self.person(by), now=self.now))
        if words:
            self.attempt(partial(triaging.pass_feedback, feedback=words, by=self.person(by), now=self.now))

    # The desk

    @rule(by=REVIEWER)
    def a_supervisor_goes_on_duty(self, by):
        person = self.person(by)
        self.attempt(partial(presence.go_on, person=person, now=self.now), legal=person.is_active)

    @rule(by=ANYBODY, ready=READY)
    def somebody_claims_it(self, by, ready=False):
        if ready:
            self.reach(states.OPEN)
        self.a_supervisor_goes_on_duty("ruth")
        question = self.read()
        person = self.person(by, question)
        self.attempt(partial(claiming.claim, question=question, by=person, version=question.version, now=self.now))

    @rule(by=ADVISOR, ready=READY)
    def somebody_takes_the_next_one(self, by, ready=False):
        if ready:
            self.reach(states.OPEN)
            self.a_supervisor_goes_on_duty("ruth")
        self.attempt(partial(claiming.take_next, by=self.person(by), now=self.now))

    @rule(by=ANYBODY, to=ANYBODY)
    def somebody_assigns_it(self, by, to):
        question = self.read()
        values = {"to": self.person(to, question), "by": self.person(by, question), "version": question.version}
        self.attempt(partial(claiming.assign, question=question, now=self.now, **values))

    @rule(by=ANYBODY, note=st.sampled_from(["", "They like art club."]), ready=READY)
    def somebody_hands_it_back(self, by, note, ready=False):
        if ready and self.reach(*writing.SENDABLE):
            by = "holder"
        question = self.read()
        person = self.person(by, question)
        legal = None if person.pk == question.holder_id else False
        act = partial(claiming.hand_back, question=question, by=person, version=question.version, note=note)
        self.attempt(partial(act, now=self.now), legal=legal)

    @rule(by=ANYBODY, unlikely=st.integers(0, 4))
    def somebody_knows_this_person(self, by, unlikely):
        if unlikely == 0:
            question = self.read()
            self.attempt(partial(claiming.recuse, question=question, by=self.person(by, question), now=self.now))

    # Writing

    @rule(
        by=ANYBODY,
        text=TEXTS,
        kind=st.sampled_from(["answer", "clarification"]),
        lag=st.integers(0, 2),
        ready=READY,
    )
    def somebody_saves(self, by, text, kind, lag, ready=False):
        if ready:
            self.reach(*writing.SENDABLE)
        question = self.read()
        person, draft = self.person(by, question), writing.draft_for(question, kind)
        legal = None if person.pk == question.holder_id and not self.is_too_heavy(person, question) else False
        words = f"{text}\n\nThat is the {next(self.turns)}th time I write this." if lag == 1 else text
        values = {"text": words, "details": DETAILS, "base": max(0, draft.number - (lag == 2)), "by": person}
        self.attempt(partial(writing.save, question=question, kind=kind, now=self.now, **values), legal=legal)

    @rule(
        by=ANYBODY,
        kind=st.sampled_from(["answer", "answer", "clarification"]),
        lag=st.integers(0, 1),
        ready=READY,
    )
    def somebody_sends_it_for_review(self, by, kind, lag, ready=False):
        if ready:
            self.reach(*writing.SENDABLE)
        question = self.read()
        person, base = self.person(by, question), writing.draft_for(question, kind).number - lag
        legal = None if person.pk == question.holder_id and not lag else False
        legal = False if self.is_too_heavy(person, question) else legal
        values = {"kind": kind, "base": base, "by": person, "version": question.version}
        self.attempt(partial(writing.submit, question=question, now=self.now, **values), legal=legal)

    @rule(by=ANYBODY)
    @in_review
    def somebody_takes_it_back_from_review(self, by):
        question = self.read()
        person = self.person(by, question)
        act = partial(writing.pull_back, question=question, by=person, version=question.version, now=self.now)
        self.attempt(act, legal=None if person.pk == question.holder_id else False)

    @rule(by=READER, ready=READY)
    def somebody_sits_down_beside_it(self, by, ready=False):
        if ready:
            self.reach(*writing.SENDABLE)
        question = self.read()
        person = self.person(by, question)
        legal = None if question.status in states.HELD and person.pk != question.holder_id else False
        self.attempt(partial(sitting.sit_down, question=question, by=person, now=self.now), legal=legal)

    @rule(by=ANYBODY, ready=READY)
    def somebody_gets_up(self, by, ready):
        if ready:
            self.somebody_sits_down_beside_it("lena", ready=True)
        for who in (by, "lena"):
            question = self.read()
            act = partial(sitting.get_up, question=question, by=self.person(who, question), now=self.now)
            self.attempt(act, legal=None if self.picture["Sitting"] else False)

    # Review

    @rule(by=ANYBODY, lag=st.integers(0, 2), reason=st.sampled_from(["Please look at the second line.", ""]))
    @in_review
    def somebody_escalates(self, by, lag, reason):
        for who, behind, why in ((by, lag == 2, reason), ("ruth", False, "I am not sure.")):
            draft = self.draft()
            person = self.person(who, draft.round.question)
            legal = None if why and not behind and person.pk != draft.round.question.holder_id else False
            values = {"number": draft.number - behind, "reason": why, "by": person}
            self.attempt(partial(reviewing.escalate, draft=draft, now=self.now, **values), legal=legal)

    @rule(by=ANYBODY)
    @in_review
    def somebody_begins_to_review(self, by):
        draft = self.draft()
        self.attempt(partial(reviewing.start, draft=draft, by=self.person(by, draft.round.question), now=self.now))

    @rule(by=ANYBODY, lag=st.integers(0, 2))
    @in_review
    def somebody_approves(self, by, lag):
        draft = self.draft()
        person, version = self.person(by, draft.round.question), writing.current(draft)
        legal = False if lag == 2 or person.pk in {version.writer_id, draft.round.question.holder_id} else None
        number = draft.number - (lag == 2)
        act = partial(reviewing.approve, draft=draft, number=number, by=person, marks=FINE, now=self.now)
        self.attempt(act, legal=legal)

    @rule(by=ANYBODY, lag=st.integers(0, 2))
    @in_review
    def somebody_comments(self, by, lag):
        draft = self.draft()
        values = {"number": draft.number - (lag == 2), "paragraph": lag, "text": "Which club?"}
        act = partial(reviewing.comment, draft=draft, by=self.person(by, draft.round.question), now=self.now, **values)
        self.attempt(act, legal=False if lag == 2 else None)

    @rule(by=REVIEWER)
    @in_review
    def somebody_resolves_a_comment(self, by):
        self.somebody_comments("ruth", lag=0)
        rows = Comment.objects.filter(resolved_at=None).select_related("version__draft__round__question")
        if row := rows.first():
            person = self.person(by, row.version.draft.round.question)
            self.attempt(partial(reviewing.resolve, comment=row, by=person, now=self.now))

    @rule(by=ANYBODY, text=TEXTS, note=st.sampled_from(["", "Shorter is kinder here."]), lag=st.integers(0, 2))
    @in_review
    def somebody_edits(self, by, text, note, lag):
        draft = self.draft()
        person = self.person(by, draft.round.question)
        values = {"base": draft.number - (lag == 2), "text": text, "note": note, "by": person}
        self.attempt(partial(reviewing.edit, draft=draft, now=self.now, **values), legal=False if lag == 2 else None)

    @rule(by=REVIEWER)
    @in_review
    def the_author_accepts_a_small_edit(self, by):
        self.somebody_edits(by, SMALL if writing.current(self.draft()).text == WORDS else WORDS, "", lag=0)
        self.somebody_accepts("holder", lag=0)

    @rule(by=ANYBODY, lag=st.integers(0, 2))
    @in_review
    def somebody_accepts(self, by, lag):
        draft = self.draft()
        person = self.person(by, draft.round.question)
        legal = None if person.pk == draft.round.question.holder_id and lag < 2 else False
        act = partial(reviewing.accept, draft=draft, number=draft.number - (lag == 2), by=person, now=self.now)
        self.attempt(act, legal=legal)

    @rule(by=ANYBODY)
    @in_review
    def somebody_asks_for_changes(self, by):
        draft = self.draft()
        person = self.person(by, draft.round.question)
        legal = None if Comment.objects.filter(resolved_at=None).exists() else False
        act = partial(reviewing.request_changes, draft=draft, number=draft.number, by=person, now=self.now)
        self.attempt(act, legal=legal)

    @rule(by=REVIEWER)
    @in_review
    def changes_are_asked_for_with_a_reason(self, by):
        self.somebody_comments(by, lag=0)
        self.somebody_asks_for_changes(by)

    # The asker

    @rule(text=SAYS, by=REVIEWER)
    def they_ask_for_one_thing_and_pass_on_the_reply(self, text, by):
        if self.reach(*writing.SENDABLE):
            for _ in range(2):
                self.it_goes_its_usual_way("clarification")
            self.the_asker_replies(text)
            self.somebody_passes_on_what_the_asker_said_later(by)

    @rule(text=SAYS)
    @precondition(lambda self: self.status != states.WITHDRAWN)
    def the_asker_replies(self, text):
        question = self.read()
        legal = None if question.status == states.PENDING_ASKER else False
        self.attempt(partial(replying.reply, question=question, text=text, now=self.now), legal=legal)

    @rule(text=SAYS, someone_else=st.booleans(), ready=READY)
    @precondition(lambda self: self.status != states.WITHDRAWN)
    def the_asker_follows_up(self, text, someone_else, ready=False):
        if ready:
            self.reach(states.ANSWERED)
        question = self.read()
        legal = None if question.status == states.ANSWERED else False
        act = partial(following.follow_up, question=question, text=text, someone_else=someone_else, now=self.now)
        self.attempt(act, legal=legal)

    @rule(text=SAYS, ready=READY)
    @precondition(lambda self: self.status != states.WITHDRAWN)
    def the_asker_says_what_they_think_of_it(self, text, ready=False):
        if ready:
            self.reach(states.ANSWERED)
        question = self.read()
        there_is_one = question.rounds.filter(answered_at__isnull=False).exists()
        act = partial(feedback.give, question=question, felt_heard=True, words=text, now=self.now)
        self.attempt(act, legal=there_is_one)

    @rule(text=SAYS, by=REVIEWER)
    def the_asker_reports_it(self, text, by):
        if not self.reach(states.ANSWERED):
            return
        self.attempt(partial(reporting.report, question=self.read(), words=text, now=self.now), legal=True)
        report = SafetyReport.objects.filter(settled_at=None).select_related("round__question").first()
        self.attempt(partial(settling.settle, report=report, by=self.person(by), now=self.now))

    @rule(unlikely=st.integers(0, 4))
    @precondition(lambda self: self.status != states.WITHDRAWN)
    def the_asker_erases_it(self, unlikely):
        if unlikely == 0:
            self.attempt(partial(withdrawing.erase, question=self.read(), told=date.max, now=self.now))

    # People and safety

    @rule(who=st.sampled_from(STAFF), by=st.sampled_from(["mia", "mia", "mia", "ruth"]), unlikely=st.integers(0, 2))
    def somebody_leaves(self, who, by, unlikely):
        if unlikely == 0:
            legal = False if by != "mia" or who in {"mia", "lena"} else None
            act = partial(leaving.leave, person=self.person(who), by=self.person(by), now=self.now)
            self.attempt(act, legal=legal)

    @rule(by=ANYBODY)
    @precondition(lambda self: self.status != states.WITHDRAWN)
    def somebody_locks_the_words_away(self, by):
        question = self.read()
        person, day = self.person(by, question), self.now.date() + timedelta(days=90)
        legal = None if person.alias == "Lena" else False
        values = {"reason": "They may not be safe.", "last_day": day, "by": person}
        self.attempt(partial(locking.lock_away, question=question, now=self.now, **values), legal=legal)

    @rule(by=ANYBODY, kind=st.sampled_from(["safety", "abusive", "staff", "lonely"]), ready=READY)
    def somebody_raises_a_concern(self, by, kind, ready):
        if ready and self.reach(*writing.SENDABLE):
            by = "holder"
        question = self.read()
        person = self.person(by, question)
        legal = None if person.pk == question.holder_id and kind in raising.Kind.values else False
        values = {"kind": kind, "words": "He waits for me outside.", "version": question.version, "by": person}
        self.attempt(partial(raising.raise_concern, question=question, now=self.now, **values), legal=legal)

    @rule(by=READER, days=st.sampled_from([None, 3, 0]), words=st.sampled_from(["He waits outside.", "He waits.", ""]))
    def somebody_writes_in_the_log(self, by, days, words):
        question = self.read()
        person, told = self.person(by, question), {"told": "Their aunt.", "decision": "We rang her."}
        values = {"words": words, "nature": "fact", "level": states.RED, "ground": "child", "by": person} | told
        check = None if days is None else self.now + timedelta(days=days)
        legal = None if words and days != 0 and person.alias not in {"Sam", "Kim", "Mia"} else False
        act = partial(recording.record, question=question, next_check_at=check, now=self.now, **values)
        self.attempt(act, legal=legal)

    @rule(by=ANYBODY, to=st.sampled_from(["claim", "hand back", "pull back", "redirect"]))
    def somebody_with_an_old_page_acts(self, by, to):
        old, now = self.old, self.now
        if old.version == self.version:
            return
        values = {"question": old, "version": old.version, "by": self.person(by), "now": now}
        act = {
            "claim": partial(claiming.claim, **values),
            "hand back": partial(claiming.hand_back, note="They like art club.", **values),
            "pull back": partial(writing.pull_back, **values),
            "redirect": partial(triaging.redirect, code="legal_advice", **values),
        }[to]
        self.attempt(act, legal=False)
        self.old = self.read()


def everybody():
    far = {"password": None, "trained_until": date(2040, 1, 1)}
    return {
        "sam": PersonFactory(alias="Sam", **far),
        "kim": PersonFactory(alias="Kim", born_on=date(2010, 5, 1), guardian_consent_on=date(2026, 9, 1), **far),
        "ruth": SupervisorFactory(alias="Ruth", password=None),
        "omar": SupervisorFactory(alias="Omar", password=None, deputy=True),
        "lena": LeadFactory(alias="Lena", password=None),
        "mia": ManagerFactory(alias="Mia", password=None),
    }


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.django_db
def test_whatever_everybody_does_no_word_leaves_unapproved(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    people = everybody()
    wordings.load(writer=people["ruth"], approver=people["omar"])
    listed = standing.listed()
    run_state_machine_as_test(lambda: Answering(people, listed), settings=QUIET)
    assert set(states.STATUSES) <= {states.NEW} | VISITED, sorted(VISITED)
    assert sorted(MAIN_ACTS - DONE) == []


QUIET = settings(suppress_health_check=list(HealthCheck))
MAIN_ACTS = {
    "triaging.pass_on",
    "triaging.take_back",
    "triaging.set_apart",
    "triaging.redirect",
    "triaging.hold",
    "triaging.pass_message",
    "levels.raise_level",
    "levels.lower_level",
    "levels.undo",
    "own_words.propose",
    "own_words.approve",
    "own_words.drop",
    "claiming.claim",
    "claiming.hand_back",
    "claiming.recuse",
    "writing.save",
    "writing.submit",
    "writing.pull_back",
    "sitting.sit_down",
    "sitting.get_up",
    "reviewing.approve",
    "reviewing.accept",
    "reviewing.edit",
    "reviewing.request_changes",
    "commenting.comment",
    "escalating.escalate",
    "raising.raise_concern",
    "recording.record",
    "replying.reply",
    "following.follow_up",
    "withdrawing.erase",
    "leaving.leave",
    "ringing.ring_due",
}
