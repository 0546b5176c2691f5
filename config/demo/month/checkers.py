"""Supervisors and the lead: new dates, triage, replies, reviews, and writing what missed its new date too."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from random import Random
from uuid import UUID

from django.db.models import F, QuerySet

from advisors.drafting import claiming
from advisors.drafting.models import Draft
from advisors.duty import presence
from advisors.models import Person
from advisors.signoff import commenting, levels, listing, redating, reviewing, triaging
from advisors.signoff.models import Comment
from askpeer import calendars
from askpeer.errors import Refused
from config.demo.lives import HOLDING
from config.demo.month import plan, signs
from config.demo.month.askers import Askers
from config.demo.month.clock import Clock
from config.demo.month.people import Staff, Worker
from config.demo.month.plan import MINUTE, MINUTES
from config.demo.month.working import Crew, Job
from config.demo.month.writers import in_hand
from questions import states
from questions.intake.models import IntakeLimits
from questions.models import Message, Question, Round

SUMMARY = "Would like somebody to read this and write back."
COMMENT = "Say in one line which small step they could begin with."
WHY = "These are their own words, so they know them."
LATEST = 10  # working days ahead that a new date may lie
ROLES = frozenset({"supervisor", "lead"})
NOT_AGAIN = 30 * MINUTE


class Checkers(Crew):
    """Supervisors and leads. reading: who is at which question or reply, so that nobody else begins on it."""

    name = "reviewers"

    def __init__(self, clock: Clock, staff: Staff, workers: list[Worker], askers: Askers, chance: Random) -> None:
        super().__init__(clock, staff, workers, askers, chance)
        self.reading: dict[UUID, tuple[Worker, int]] = {}
        self.sent_back: set[UUID] = set()
        self.left_alone: dict[Worker, tuple[int, datetime]] = {}

    def begin(self, worker: Worker, now: datetime) -> None:
        presence.go_on(person=worker.person, now=now)

    def end(self, worker: Worker, now: datetime) -> None:
        presence.go_off(person=worker.person)

    def choose(self, worker: Worker, now: datetime) -> Job | None:
        """Broken promises, red, what is at risk; then what came in, then the oldest draft."""
        there = signs.of_checks(now)
        in_order = (
            (there.undated, self._new_dates),
            (there.new_red, self._new),
            (there.again or signs.of_hands(worker.person.pk).own, self._writing),
            (there.reply, self._reply),
            (there.pressing and self._may_review(worker, there.drafts, now), self._review),
            (there.new, self._new),
            (self._may_review(worker, there.drafts, now), self._review),
        )
        return next((job for is_there, choice in in_order if is_there and (job := choice(worker, now))), None)

    def _may_review(self, worker: Worker, drafts: int, now: datetime) -> bool:
        """Whether there are drafts; not those again that were none of theirs a short while ago."""
        count, until = self.left_alone.get(worker, (0, now))
        return bool(drafts) and (drafts != count or now >= until)

    def _is_read(self, pk: UUID) -> bool:
        worker, number = self.reading.get(pk, (None, 0))
        return worker is not None and worker.number == number

    def _read(self, worker: Worker, pks: Iterable[UUID], minutes: float, finish: Callable[[datetime], object]) -> Job:
        mine = list(pks)
        self.reading |= dict.fromkeys(mine, (worker, worker.number))

        def done(now: datetime) -> None:
            for pk in mine:
                self.reading.pop(pk, None)
            finish(now)

        return minutes, done

    def _new_dates(self, worker: Worker, now: datetime) -> Job | None:
        person = worker.person
        late = [row.question.pk for row in redating.to_redate(person, now=now) if not self._is_read(row.question.pk)]
        if not late:
            return None
        return self._read(worker, late, MINUTES["new dates"], partial(self._redate, late, person))

    def _redate(self, late: list[UUID], by: Person, now: datetime) -> None:
        """For the closing time by which all that is late can be answered."""
        rows = list(_late(now))
        days = min(LATEST, 2 + len(rows) // IntakeLimits.objects.get().answers_a_day)
        until = calendars.current().closing_after(now, days)
        for why in (Round.Why.DOWN, Round.Why.MISSED):
            mine = [turn.question for turn in rows if turn.question_id in late and _why(turn) == why]
            if mine:
                redating.redate(questions=mine, until=until, by=by, now=now, why=why)

    def _new(self, worker: Worker, now: datetime) -> Job | None:
        question = self._next_new(worker.person)
        if question is None:
            return None
        pk, person = question.pk, worker.person
        minutes = MINUTES["triage"] + (MINUTES["first words to red"] if self._level(question) == states.RED else 0)
        return self._read(worker, [pk], minutes, partial(self._triage, pk, person))

    def _next_new(self, person: Person) -> Question | None:
        """The first of the list that nobody is reading."""
        question, seen = listing.next_new(person), set()
        while question and self._is_read(question.pk):
            seen.add(question.pk)
            question = listing.next_new(person, after=question.pk)
            if question and question.pk in seen:
                return None
        return question

    def _level(self, question: Question) -> str:
        asked = self.askers.lives[question.pk].arrival.row["level"]
        return max(question.level, asked, key=states.LEVELS.index)

    def _triage(self, pk: UUID, by: Person, now: datetime) -> None:
        question, row = Question.objects.get(pk=pk), self.askers.lives[pk].arrival.row
        level = self._level(question)
        if level != question.level:
            levels.raise_level(question=question, level=level, reason="Read in full.", by=by, now=now)
        if level == states.RED and not question.round.messages.filter(kind=Message.Kind.HOLDING).exists():
            triaging.hold(question=question, code=HOLDING.get(row["key"], "not_safe"), by=by, now=now)
        notes = {"summary": SUMMARY, "content_notes": row["content_notes"]}
        triaging.pass_on(question=question, version=question.version, by=by, now=now, **notes)

    def _writing(self, worker: Worker, now: datetime) -> Job | None:
        """What they hold; else they take over what missed its new date too."""
        if job := in_hand(self, worker.person, now):
            return job
        for row in redating.missed_twice(worker.person, now=now):
            question = row.question
            if question.status not in claiming.ASSIGNABLE or (question.holder and question.holder.role in ROLES):
                continue
            person = worker.person
            try:
                claiming.assign(question=question, to=person, by=person, version=question.version, now=now)
            except Refused:
                continue
            return in_hand(self, person, now)
        return None

    def _reply(self, worker: Worker, now: datetime) -> Job | None:
        waiting = Message.objects.filter(
            kind=Message.Kind.REPLY, passed_at=None, round__question__status__in=listing.READ_ON
        )
        for message in waiting.order_by("sent_at", "pk")[:5]:
            if not self._is_read(message.pk):
                return self._read(
                    worker, [message.pk], MINUTES["read a reply"], partial(_pass_reply, message.pk, worker.person)
                )
        return None

    def _review(self, worker: Worker, now: datetime) -> Job | None:
        try:
            draft = reviewing.take_next(by=worker.person, now=now)
        except Refused:
            self.left_alone[worker] = signs.of_checks(now).drafts, now + NOT_AGAIN
            return None
        pk, person = draft.pk, worker.person
        kind = "review" if draft.kind == Draft.Kind.ANSWER else "review one thing"
        return self.varied(MINUTES[kind]), partial(self._decide, pk, person)

    def _decide(self, pk: UUID, by: Person, now: datetime) -> None:
        draft = Draft.objects.get(pk=pk)
        question, life = draft.round.question, self.askers.lives[draft.round.question_id]
        if draft.kind == Draft.Kind.CLARIFICATION:
            _approve(draft, by, now)
            self.askers.was_asked(question, now)
        elif life.arrival.sent_back and life.number == 1 and pk not in self.sent_back:
            self.sent_back.add(pk)
            reviewing.comment(draft=draft, number=draft.number, paragraph=1, text=COMMENT, by=by, now=now)
            reviewing.request_changes(draft=draft, number=draft.number, by=by, now=now)
        else:
            _approve(draft, by, now)
            if question.status == states.ANSWERED:
                self.askers.was_answered(question, now)


def _pass_reply(pk: UUID, by: Person, now: datetime) -> None:
    triaging.pass_message(message=Message.objects.get(pk=pk), by=by, now=now)


def _late(now: datetime) -> QuerySet[Round]:
    """Rounds whose promise is broken, without a new date, the oldest first."""
    return Round.objects.filter(
        number=F("question__round_number"),
        question__status__in=states.PROMISED,
        due_at__lte=now,
        redated_at=None,
    ).select_related("question")


def _why(turn: Round) -> str:
    spoilt = turn.asked_at < plan.OUTAGE[1] and turn.due_at > plan.OUTAGE[0]
    return Round.Why.DOWN if spoilt else Round.Why.MISSED


def _approve(draft: Draft, by: Person, now: datetime) -> None:
    for comment in Comment.objects.filter(version__draft=draft, resolved_at=None):
        reviewing.resolve(comment=comment, by=by, now=now)
    version = commenting.current(draft, draft.number)
    marks = reviewing.Marks(True, True, 2, 1, 2, True, True, version.text.partition(".")[0][:120])
    reviewing.approve(draft=draft, number=draft.number, marks=marks, disclosure=True, reason=WHY, by=by, now=now)
