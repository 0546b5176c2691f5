"""One question's life, walked at random by everybody at once, on a clock that only moves on."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from askpeer import calendars, history, prose
from askpeer.errors import Refused
from questions import answering, deadlines, erasing, moves, ringing, states
from questions.models import Contact, Message, Question, Reminder, Round
from questions.moves import Actor
from tests.factories import PersonFactory, make_question

START = datetime(2026, 11, 16, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACTORS = [Actor(role, role) for role in states.ROLES]
# What the verbs that send a wording do; closing is the sweep's, erasing its own verb.
PLAIN = sorted(
    {to for _, to in states.MOVES} - {states.WITHDRAWN, states.CLOSED, states.ANSWERED, states.PENDING_ASKER}
)
USUAL = (
    (states.OPEN, states.SUPERVISOR),
    (states.IN_PROGRESS, states.ADVISOR),
    (states.IN_REVIEW, states.ADVISOR),
)
BEGINNINGS = (states.NEW, states.IN_REVIEW, states.CHANGES_REQUESTED, states.PENDING_ASKER, states.ANSWERED)
VISITED = {states.NEW}


class Life(RuleBasedStateMachine):
    """Every rule may be refused; what never happens is that a refused act changes something."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = START
        self.holder = PersonFactory(password=None)
        self.pk = make_question(now=START, email="someone@example.org").pk
        self.stale = Question.objects.get()
        self.path = [states.NEW]
        self.promises = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def read(self):
        return Question.objects.get(pk=self.pk)

    def attempt(self, act, *, to, legal):
        """Run an act that leads to a status: done when it is legal, else refused without a trace."""
        before = None if legal else self.picture()
        try:
            with transaction.atomic():
                act()
        except Refused:
            assert self.picture() == before
        else:
            assert legal
            self.walk(to)

    def walk(self, *statuses):
        self.path += statuses
        VISITED.update(statuses)

    def picture(self):
        question = Question.objects.values_list("status", "version", "alarm_at", "alarm_kind", "holder", "level")
        return question.get(pk=self.pk), Message.objects.count(), Reminder.objects.count(), len(self.trail())

    def trail(self):
        return history.of(f"question:{self.pk}")

    @initialize(to=st.sampled_from(BEGINNINGS))
    def it_has_come_so_far(self, to):
        """Beginnings of every kind, so that in a hundred lives chance leaves no status out."""
        if to != states.NEW:
            self.it_goes_the_usual_way_into_review()
        if to == states.CHANGES_REQUESTED:
            self.changes_are_asked_for()
        elif to in {states.PENDING_ASKER, states.ANSWERED}:
            self.a_wording_is_approved(pause=to == states.PENDING_ASKER)

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes):
        self.now += minutes * MINUTE

    @rule(days=st.integers(1, 40))
    def days_pass(self, days):
        self.now += timedelta(days=days)

    @rule()
    def the_next_alarm_rings(self):
        self.now = max(self.now, self.read().alarm_at or self.now)
        self.the_sweep_runs(1)

    @rule(by=st.sampled_from(ACTORS), to=st.sampled_from(PLAIN))
    def somebody_tries_to_move_it(self, by, to):
        self.move(to, by)

    @rule(choice=st.integers(0, 5))
    def somebody_who_may_moves_it(self, choice):
        ahead = [(to, roles) for (came_from, to), roles in states.MOVES.items() if came_from == self.path[-1]]
        plain = [(to, role) for to, roles in ahead if to in PLAIN for role in sorted(roles)]
        if plain:
            to, role = plain[choice % len(plain)]
            self.move(to, Actor(role, role))

    @rule()
    @precondition(lambda self: self.path[-1] == states.NEW)
    def it_goes_the_usual_way_into_review(self):
        for to, role in USUAL:
            self.move(to, Actor(role, role))

    def move(self, to, by):
        question, step = self.read(), (self.path[-1], to)
        legal = by.role in states.MOVES.get(step, ())
        changes = {"holder": self.holder} if step == (states.OPEN, states.IN_PROGRESS) else None
        turn = self.next_round(question) if legal and step == (states.ANSWERED, states.NEW) else None
        act = partial(moves.move, question, to, by=by, now=self.now, turn=turn, changes=changes)
        self.attempt(act, to=to, legal=legal)

    def next_round(self, question):
        promised = deadlines.promise(calendars.current(), asked=self.now)
        number = question.round_number + 1
        return Round.objects.create(
            question=question, number=number, asked_at=self.now, promised_at=promised, due_at=promised
        )

    @rule()
    @precondition(lambda self: self.path[-1] == states.IN_REVIEW)
    def changes_are_asked_for(self):
        self.move(states.CHANGES_REQUESTED, Actor(states.SUPERVISOR, "supervisor"))

    @rule(pause=st.booleans())
    @precondition(lambda self: self.path[-1] == states.IN_REVIEW)
    def a_wording_is_approved(self, pause):
        question, by = self.read(), Actor(states.SUPERVISOR, "supervisor")
        digest = prose.digest("You could tell one person.", key=question.key())
        words = {"text": "You could tell one person.", "digest": digest, "by": by, "now": self.now}
        if pause:
            may = answering.may_pause(question)
            self.attempt(partial(answering.pause, question, **words), to=states.PENDING_ASKER, legal=may)
        else:
            answer = partial(answering.deliver, question, kind="answer", to=states.ANSWERED, **words)
            self.attempt(answer, to=states.ANSWERED, legal=True)

    @rule(level=st.sampled_from(states.LEVELS))
    @precondition(lambda self: self.path[-1] != states.WITHDRAWN)
    def its_level_changes(self, level):
        moves.set_alarm(self.read(), now=self.now, changes={"level": level})

    @rule(by=st.sampled_from(ACTORS), to=st.sampled_from(PLAIN))
    def somebody_with_an_old_page_acts(self, by, to):
        if self.stale.version == len(self.path):
            return
        self.attempt(partial(moves.move, self.stale, to, by=by, now=self.now), to=to, legal=False)
        self.stale = self.read()

    @rule(by=st.sampled_from(ACTORS), unlikely=st.integers(0, 9))
    def somebody_erases(self, by, unlikely):
        question = self.read()
        legal = by.role in states.MOVES.get((question.status, states.WITHDRAWN), ())
        if unlikely == 0 or not legal:
            act = partial(erasing.erase, question, by=by, now=self.now)
            self.attempt(act, to=states.WITHDRAWN, legal=legal)

    @rule(times=st.integers(1, 3))
    def the_sweep_runs(self, times):
        for _ in range(times):
            ringing.ring_due(now=self.now)
            self.followed()

    def followed(self):
        """The sweep may have moved it several times; the trail says how."""
        self.walk(*[entry.facts["to"] for entry in self.trail()[len(self.path) - 1 :]])

    @invariant()
    def its_rules_hold(self):
        question, steps, rounds = self.read(), list(pairwise(self.path)), list(Round.objects.order_by("number"))
        self.went_only_where_the_table_leads(question, steps)
        self.has_an_alarm_exactly_while_something_lies_ahead(question, rounds[-1])
        self.was_promised_once_a_round(rounds)
        self.was_rung_once_a_rung()
        self.has_its_key_until_it_is_withdrawn(question)

    def went_only_where_the_table_leads(self, question, steps):
        assert [step for step in steps if step not in states.MOVES] == []
        assert [(entry.facts["from"], entry.facts["to"]) for entry in self.trail()] == steps
        assert (question.status, question.version) == (self.path[-1], len(self.path))
        if question.status in {states.NEW, states.OPEN, states.CLOSED, states.WITHDRAWN}:
            assert question.holder_id is None

    def has_an_alarm_exactly_while_something_lies_ahead(self, question, turn):
        ladder = deadlines.ladder(calendars.current(), moves.course(question, turn))
        if question.alarm_at is None:
            assert question.alarm_kind == ""
            assert [rung for rung in ladder if rung.at > self.now] == []
        else:
            # A rung that was missed, since its stage's budget shrank in the middle, rings at the moment it was noticed;
            # a return later, once whoever holds the question has heard of it.
            before = [rung.kind for rung in ladder if rung.at < question.alarm_at]
            missed = before if question.alarm_at <= self.now else {"returned"} & set(before)
            assert (question.alarm_kind, question.alarm_at) in [tuple(rung) for rung in ladder] or (
                question.alarm_kind in missed
            )

    def was_promised_once_a_round(self, rounds):
        assert [turn.number for turn in rounds] == list(range(1, len(rounds) + 1))
        for turn in rounds:
            assert self.promises.setdefault(turn.number, turn.promised_at) == turn.promised_at
            assert turn.due_at >= turn.promised_at

    def was_rung_once_a_rung(self):
        rows = list(Reminder.objects.values_list("round_number", "stage", "kind", "due_at", "made_at"))
        assert len({row[:3] for row in rows}) == len(rows)
        assert [row for row in rows if row[3] > row[4]] == []

    def has_its_key_until_it_is_withdrawn(self, question):
        withdrawn = question.status == states.WITHDRAWN
        assert withdrawn == (question.wrapped_key is None) == (question.receipt_digest is None)
        assert (Message.objects.count() == 0) == withdrawn
        if question.status in {states.CLOSED, states.WITHDRAWN}:
            assert Contact.objects.count() == 0


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.django_db
def test_whatever_everybody_does_a_questions_life_keeps_its_rules(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    run_state_machine_as_test(Life, settings=QUIET)
    assert set(states.STATUSES) == VISITED


QUIET = settings(suppress_health_check=list(HealthCheck))
