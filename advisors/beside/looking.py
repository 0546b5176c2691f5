"""What a page beside a draft shows, and asks for anew every five seconds: who is there, the wording, the notes."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.template.loader import render_to_string

from advisors.beside import noting, presence
from advisors.beside.models import AskedBeside
from advisors.beside.presence import Beat
from advisors.drafting import timing
from advisors.drafting.models import DraftVersion
from advisors.models import Person
from questions.models import Question


def newest(question: Question) -> DraftVersion | None:
    """The current version of what was saved last in this round, answer or clarifying question. 1 SQL."""
    rows = DraftVersion.objects.filter(draft__round=question.round, number=F("draft__number"))
    version = rows.select_related("draft", "writer").order_by("-saved_at", "-pk").first()
    if version:
        version.draft.round = question.round
    return version


def wording(version: DraftVersion | None) -> dict[str, Any]:
    """What templates/beside/draft/_wording.html takes."""
    return {"version": version, "saved": timing.clock(version.saved_at) if version else ""}


def there(beat: Beat, reader: Person, *, now: datetime) -> dict[str, Any]:
    """{"here": aliases of who else has the draft open, "said": that and who sits there, in words}. 2 SQL at most."""
    here = [person.alias for person in presence.here(beat.question, than=reader, now=now)]
    return {"here": here, "said": f"{_who_sits(beat, reader)}{_who_is_here(here, beat)}"}


def _who_sits(beat: Beat, reader: Person) -> str:
    sitting, writes = beat.sitting, beat.question.holder_id == reader.pk
    if sitting is None:
        return _nobody_sits(beat.question, reader) if writes else ""
    if writes:
        return f"{sitting.supervisor.alias} sits beside you. "
    if sitting.supervisor_id == reader.pk:
        return f"You sit beside {sitting.advisor.alias}. "
    return f"{sitting.supervisor.alias} sits beside {sitting.advisor.alias} already. You can read along. "


def _nobody_sits(question: Question, reader: Person) -> str:
    return "You asked for somebody to sit beside you. " if has_asked(question, reader) else ""


def has_asked(question: Question, person: Person) -> bool:
    return AskedBeside.objects.filter(round=question.round, person=person).exists()


def _who_is_here(here: list[str], beat: Beat) -> str:
    if not here:
        return "Their page isn't open right now." if beat.sitting else "Nobody else is here right now."
    return f"{' and '.join(here)} {'is' if len(here) == 1 else 'are'} here."


def news(beat: Beat, reader: Person, *, counted: int, seen: str, now: datetime) -> dict[str, Any]:
    """What has changed since a page knew of that many notes and of that version; "" for what has not.

    {"here", "said", "notes": HTML, "count"}, and for a reviewer {"version": its number, "draft": HTML, "seen": its id}:
    whoever writes has the draft before them.
    """
    told = there(beat, reader, now=now) | _new_notes(beat.question, reader, counted)
    return told if beat.question.holder_id == reader.pk else told | _new_wording(beat.question, seen)


def _new_notes(question: Question, reader: Person, counted: int) -> dict[str, Any]:
    count = noting.count(question, reader)
    if count == counted:
        return {"notes": "", "count": count}
    notes = noting.of(question, reader)
    return {"notes": render_to_string("beside/_notes.html", {"notes": notes}), "count": len(notes)}


def _new_wording(question: Question, seen: str) -> dict[str, Any]:
    version = newest(question)
    told = {"version": version.number if version else 0, "draft": "", "seen": str(version.pk) if version else ""}
    if told["seen"] != seen:
        told["draft"] = render_to_string("beside/draft/_wording.html", wording(version))
    return told
