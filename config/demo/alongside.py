"""What happens beside a question's own way: company for a young advisor, a worry, a case, words that wait for a second.

Each is a table of the question's row, named like its step here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from advisors.beside import noting, presence, sitting
from advisors.safeguarding import raising, recording
from advisors.signoff import escalating, own_words
from askpeer import calendars

if TYPE_CHECKING:
    from config.demo.lives import Life

SOON = timedelta(minutes=10)


def accompany(life: Life) -> None:
    """Do for this question whatever its row says."""
    for name, step in STEPS.items():
        if name in life.row:
            life.now = calendars.current().add(life.now, SOON)
            step(life, life.row[name])


def sit_beside(life: Life, notes: list[dict[str, str]]) -> None:
    """A supervisor and the advisor are at the draft at once and write to each other."""
    question, now = life.question, life.now
    beside = life.people[notes[0]["by"]]
    sitting.sit_down(question=question, by=beside, now=now)
    for person in (life.advisor, beside):
        presence.beat(question=life.question, by=person, now=now)
    for number, note in enumerate(notes):
        at = now + timedelta(minutes=number)
        noting.write(question=life.question, note=note["text"], by=life.people[note["by"]], now=at)


def raise_concern(life: Life, said: dict[str, str]) -> None:
    question = life.question
    raising.raise_concern(
        question=question,
        kind=said["kind"],
        words=said["words"],
        by=life.advisor,
        now=life.now,
        version=question.version,
    )


def escalate(life: Life, said: dict[str, str]) -> None:
    draft = life.draft
    escalating.escalate(draft=draft, number=draft.number, reason=said["reason"], by=life.supervisor, now=life.now)


def open_a_case(life: Life, entries: list[dict[str, Any]]) -> None:
    """The entries of its log; the last says when somebody looks again."""
    for number, entry in enumerate(entries):
        check = timedelta(hours=entry["check_in_hours"]) if "check_in_hours" in entry else None
        recording.record(
            question=life.question,
            words=entry["words"],
            nature=entry["nature"],
            level=life.row["level"],
            decision=entry["decision"],
            ground=entry["ground"],
            told=entry["told"],
            next_check_at=life.today + check if check else None,
            by=life.people[entry["by"]],
            now=life.now + timedelta(minutes=number),
        )


def propose_words(life: Life, said: dict[str, str]) -> None:
    """A redirect in a supervisor's own words, which a second person has to read."""
    own_words.propose(
        question=life.question,
        kind=own_words.Kind.REDIRECT,
        code=said["reason"],
        text=said["words"],
        by=life.supervisor,
        now=life.now,
    )


STEPS: dict[str, Callable[[Life, Any], None]] = {
    "beside": sit_beside,
    "concern": raise_concern,
    "escalation": escalate,
    "case": open_a_case,
    "own_words": propose_words,
}
