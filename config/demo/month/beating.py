"""What beat has the workers do, every few simulated minutes, and what is seen of it: told promises, backlog, letters.

Nothing runs during the outage. What would find nothing to do is not called, but for the beat at opening time.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core import mail
from django.db.models import F

from advisors import reminding
from advisors.duty import hands
from advisors.models import Person
from advisors.sweeping import purge
from askpeer import calendars, history, outbox
from askpeer.models import OutboxRow, TrailEntry
from config.demo.month import plan, signs
from config.demo.month.clock import Clock
from config.demo.month.plan import DAY, MINUTE
from config.demo.month.working import Crew, stay_on_duty
from questions import states, sweeping
from questions.intake import sentences
from questions.models import Contact, Question, Reminder, Round

WHILE_OPEN, WHILE_CLOSED = 10 * MINUTE, 20 * MINUTE
SORRY = "That's our fault, not yours"


class Seen(NamedTuple):
    """How many waited for an answer at a moment, and how many of them past their promise."""

    at: datetime
    waiting: int
    late: int


class Beat:
    """told: when the asker of a round could read, and was written to where there is an address, that it is late."""

    def __init__(self, clock: Clock, checkers: Crew) -> None:
        self.clock, self.checkers = clock, checkers
        self.seen: list[Seen] = []
        self.told: dict[tuple[UUID, int], datetime] = {}
        self.to_staff = self.to_askers = 0
        self._last_reminder = self._last_entry = 0
        self._staff = set(Person.objects.values_list("email", flat=True))
        days = [plan.FIRST_DAY + n * DAY for n in range((plan.LAST - plan.STARTS).days)]
        self._openings = {opens for day in days for opens, _ in calendars.current().on_day(day)}
        clock.at(plan.STARTS, self._beat, service=True)

    def _beat(self, now: datetime) -> None:
        is_open = calendars.current().is_open(now)
        self.clock.at(now + (WHILE_OPEN if is_open else WHILE_CLOSED), self._beat, service=True)
        if now.minute == 0 and now.hour % 2 == 1 and now < plan.ENDS:
            self._look(now)
        if not plan.is_up(now):
            return
        self._sweep(now, is_open)
        if now.minute % 20 == 0:
            stay_on_duty(self.checkers.workers, now)
        if now.hour == 2 and now.minute == 0:
            self._at_night(now)

    def _sweep(self, now: datetime, is_open: bool) -> None:
        found = signs.of_the_beat(now)
        rings = found.alarm or now in self._openings
        tells = rings or (found.reminder and is_open)
        if rings:
            sweeping.ring(now=now)
        if tells:
            reminding.group_reminders(now=now)
        if found.letter or tells:
            self._relay(now)
        if rings or found.letter:
            self._note_apologies(now)

    def _relay(self, now: datetime) -> None:
        while signs.of_the_beat(now).letter:
            outbox.relay(now=now)
        self._count_letters()

    def _count_letters(self) -> None:
        letters = getattr(mail, "outbox", [])
        to_staff = sum(letter.to[0] in self._staff for letter in letters)
        self.to_staff += to_staff
        self.to_askers += len(letters) - to_staff
        letters.clear()

    def _note_apologies(self, now: datetime) -> None:
        fresh = Reminder.objects.filter(pk__gt=self._last_reminder).order_by("pk")
        for row in fresh.select_related("question"):
            self._last_reminder = row.pk
            if row.kind == "late" and _is_told(row.question, row.round_number, "late", now):
                self.told[row.question_id, row.round_number] = now
        for entry in TrailEntry.objects.filter(pk__gt=self._last_entry, kind="redated").order_by("pk"):
            self._last_entry = entry.pk
            self._note_new_date(entry, now)

    def _note_new_date(self, entry: TrailEntry, now: datetime) -> None:
        """A person can be quicker than the sweep: then the apology comes with the new date."""
        question = Question.objects.get(pk=entry.subject.removeprefix("question:"))
        if _is_told(question, entry.facts["round"], "redated", now):
            self.told.setdefault((question.pk, entry.facts["round"]), entry.at)

    def _look(self, now: datetime) -> None:
        waiting = Question.objects.filter(status__in=states.UNFINISHED)
        late = Round.objects.filter(
            number=F("question__round_number"), question__status__in=states.PROMISED, due_at__lte=now
        )
        self.seen.append(Seen(now, waiting.count(), late.count()))

    def _at_night(self, now: datetime) -> None:
        hands.reckon(now=now)
        purge(now=now)
        while history.seal(now=now):
            pass


def _is_told(question: Question, number: int, letter_of: str, now: datetime) -> bool:
    """Whether the page says so now, and the letter has left where there is an address."""
    said = sentences.status_text(question, now=now, calendar=calendars.current())
    if not Contact.objects.filter(question=question, paused_at=None).exists():
        return SORRY in said
    letter = OutboxRow.objects.filter(key=f"{letter_of}:{question.pk}:{number}", state=OutboxRow.State.SENT)
    return SORRY in said and letter.exists()
