"""The margin of an advisor's workspace: who sits beside them, the notes, a box for one, and a way to ask."""

from datetime import datetime
from typing import Any

from advisors.beside import looking, noting, offering, presence
from advisors.beside.forms import NoteForm
from advisors.beside.presence import Beat
from advisors.models import Person
from askpeer.errors import Refused
from questions.models import Question


def for_advisor(person: Person, question: Question, now: datetime, *, form: NoteForm | None = None) -> dict[str, Any]:
    """What templates/beside/_margin.html takes, for whoever holds the question. Opening it counts as a beat.

    "open" is False while nothing is written; then there are the notes to read and "said" is why. form: as it was sent.
    """
    try:
        beat = presence.beat(question=question, by=person, now=now)
    except Refused as refusal:
        return {"open": False, "question": question, "said": str(refusal), "notes": noting.of(question, person)}
    return _around(beat, person, form or NoteForm(), now)


def _around(beat: Beat, person: Person, form: NoteForm, now: datetime) -> dict[str, Any]:
    question, notes = beat.question, noting.of(beat.question, person)
    return looking.there(beat, person, now=now) | {
        "open": True,
        "question": question,
        "notes": notes,
        "count": len(notes),
        "form": form,
        "may_ask": beat.sitting is None and not looking.has_asked(question, person),
        "wants": beat.sitting is None and offering.wants(person, question, now=now),
    }
