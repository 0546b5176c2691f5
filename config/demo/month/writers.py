"""Advisors: they take the next question from their desk, write, ask one thing first, change what they are asked to."""

from datetime import datetime
from functools import partial
from uuid import UUID

from advisors.drafting import claiming, fitting, writing
from advisors.drafting.models import Draft
from advisors.models import Person
from askpeer.errors import Refused
from config.demo.month import signs, working
from config.demo.month.askers import Askers
from config.demo.month.people import Worker
from config.demo.month.plan import MINUTES
from config.demo.month.working import Crew, Job
from questions import answering, states
from questions.models import Message, Question

ANSWER, CLARIFICATION = Draft.Kind.ANSWER, Draft.Kind.CLARIFICATION
ONE_THING = "Thank you for writing to us. Who do you live with? It helps us to say something that fits."
CHANGED = "Whatever you try first, one small step is enough for this week."


class Writers(Crew):
    """Advisors."""

    name = "advisors"

    def choose(self, worker: Worker, now: datetime) -> Job | None:
        """What is in hand first; then something new, where there is time for it."""
        there = signs.of_hands(worker.person.pk)
        job = in_hand(self, worker.person, now) if there.own else None
        return job or (self._something_new(worker, now) if there.free else None)

    def _something_new(self, worker: Worker, now: datetime) -> Job | None:
        if not working.is_open_for(worker, MINUTES["write"], now):
            return None
        try:
            claiming.take_next(by=worker.person, now=now)
        except Refused:
            return None
        return in_hand(self, worker.person, now)

    def end(self, worker: Worker, now: datetime) -> None:
        working.wrap_up(worker, now)


def in_hand(crew: Crew, person: Person, now: datetime) -> Job | None:
    """The next step of what this person is writing, the soonest due first."""
    held = Question.objects.filter(holder=person, status__in=fitting.IN_HAND)
    for question in sorted(held, key=lambda one: (one.round.due_at, one.asked_at)):
        if not Message.objects.filter(round=question.round, kind=Message.Kind.REPLY, passed_at=None).exists():
            return _step(crew, question, person, now)
    return None


def _step(crew: Crew, question: Question, person: Person, now: datetime) -> Job:
    askers, pk = crew.askers, question.pk
    if _asks_one_thing(askers, question, now):
        return crew.varied(MINUTES["ask one thing"]), partial(_send, pk, CLARIFICATION, ONE_THING, [], person)
    draft, life = writing.draft_for(question, ANSWER), askers.lives[pk]
    minutes = MINUTES["write" if not draft.number else "take over a draft"]
    if question.status == states.CHANGES_REQUESTED:
        minutes = MINUTES["change"]
    text = "\n\n".join([life.arrival.row["drafts"][-1], *[CHANGED] * draft.number])
    return crew.varied(minutes), partial(_send, pk, ANSWER, text, life.details, person)


def _asks_one_thing(askers: Askers, question: Question, now: datetime) -> bool:
    """Nobody who waits past their promise already is asked anything."""
    life = askers.lives[question.pk]
    if life.number > 1 or not life.arrival.asked_back or question.status != states.IN_PROGRESS:
        return False
    return question.round.due_at > now and answering.may_pause(question)


def _send(pk: UUID, kind: str, text: str, details: list[str], by: Person, now: datetime) -> None:
    question = Question.objects.get(pk=pk)
    base = writing.draft_for(question, kind).number
    writing.save(question=question, kind=kind, text=text, details=details, base=base, by=by, now=now)
    number = writing.draft_for(question, kind).number
    writing.submit(question=question, kind=kind, base=number, by=by, version=question.version, now=now)
