"""The trail as the manager reads it, newest first.

Entries of questions that are about staff are left out, and nothing says so: a number of them would tell that there is
such a case, and the manager reads one by nothing but broken glass. Where a concern was about staff and turned out not
to be, its kind is left out for the same reason. How somebody is never stands in the trail at all.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from advisors.models import Person
from askpeer import calendars
from askpeer.errors import Misfit
from askpeer.models import TrailEntry, TrailSeal
from questions.models import Question

PAGE = 25
LONGEST = 80  # characters of a subject or an actor
EARLIEST = date(2000, 1, 1)
# What a subject or an actor is called before its colon, and in words.
KINDS = {
    "question": "Question",
    "person": "Person",
    "invitation": "Invitation",
    "partner": "Partner",
    "publication": "Library answer",
    "topic": "Topic",
    "language": "Language",
    "signpost": "Signpost",
    "calendar": "Hours",
    "settings": "Setting",
    "risk-rule": "Risk phrases",
    "wording": "Message text",
    "post": "Team room post",
    "kudos": "Kudos",
    "outbox": "Delivery",
    "trail": "Trail",
}
ACTORS = {"asker": "an asker", "guardian": "a guardian", "service": "the service", "visitor": "a visitor"}
TELLING = {"concern": {"kind"}, "concern_settled": {"kind"}}


class Entry(NamedTuple):
    """One line: when and by whom, about what (its kind, and an id or an alias), what was done, and with what facts."""

    pk: int
    at: str
    who: str
    about: str
    which: str
    what: str
    facts: list[tuple[str, str]]


class Page(NamedTuple):
    """entries, newest first, and the id to go on before, None on the last page."""

    entries: list[Entry]
    before: int | None


def page(
    *, kind: str = "", subject: str = "", actor: str = "", day: date | None = None, before: int | None = None
) -> Page:
    """One page. kind: of KINDS. subject: the id behind the colon, whole. actor: an id of somebody here, or of ACTORS.
    day: of the service's calendar. 3 SQL. Raises Misfit.
    """
    rows = _wanted(kind, subject, actor, day)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.exclude(subject__in=_about_staff()).order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    aliases = _aliases(shown)
    return Page([_entry(row, aliases) for row in shown], shown[-1].pk if len(found) > PAGE else None)


def _wanted(kind: str, subject: str, actor: str, day: date | None) -> QuerySet[TrailEntry]:
    rows = TrailEntry.objects.all()
    if subject and not kind:
        raise Misfit("kind", "Choose what the id is of as well.")
    if subject:
        rows = rows.filter(subject=f"{kind}:{_id(subject)}")
    elif kind:
        rows = rows.filter(subject__startswith=kind)
    if actor:
        rows = rows.filter(actor=actor if actor in ACTORS else f"person:{_id(actor)}")
    if day:
        starts, ends = _day(day)
        rows = rows.filter(at__gte=starts, at__lt=ends)
    return rows


def _id(text: str) -> str:
    """As the trail writes it. Raises Misfit where it is neither a number, a short name nor a UUID."""
    text = text.strip().lower()
    try:
        return str(UUID(text))
    except ValueError:
        pass
    if len(text) > LONGEST or not text.replace("-", "").isalnum() or not text.isascii():
        raise Misfit("subject", "That is no id. Copy it whole from one of the lines below.")
    return text


def _day(day: date) -> tuple[datetime, datetime]:
    if not EARLIEST <= day < date.max - timedelta(days=2):
        raise Misfit("day", "There is nothing on that day. Check the year.")
    zone = calendars.current().zone
    starts, ends = (datetime.combine(day + timedelta(days=days), time(0), zone) for days in (0, 1))
    return starts, ends


def _about_staff() -> list[str]:
    pks = Question.objects.filter(about_staff=True).values_list("pk", flat=True)
    return [f"question:{pk}" for pk in pks]


def _aliases(rows: list[TrailEntry]) -> dict[str, str]:
    """{"person:<id>": alias} of everybody whom these lines name."""
    named = {name for row in rows for name in (row.subject, row.actor, *map(str, row.facts.values()))}
    pks = [name.removeprefix("person:") for name in named if name.startswith("person:")]
    return {f"person:{pk}": alias for pk, alias in Person.objects.filter(pk__in=pks).values_list("pk", "alias")}


def _entry(row: TrailEntry, aliases: dict[str, str]) -> Entry:
    kind, _, which = row.subject.partition(":")
    left_out = TELLING.get(row.kind, set())
    return Entry(
        pk=row.pk,
        at=moment(row.at),
        who=aliases.get(row.actor) or ACTORS.get(row.actor, "somebody"),
        about=KINDS.get(kind, _words(kind)),
        which=aliases.get(row.subject, which),
        what=_words(row.kind),
        facts=[
            (_words(name), _fact(value, aliases))
            for name, value in sorted(row.facts.items())
            if name not in left_out and not _is_unmeasured(name, value)
        ],
    )


def _is_unmeasured(name: str, value: Any) -> bool:
    """An older line has 0.0 for a text that was not too hard: no measurement, and the trail is never changed."""
    return name == "reading_age" and not value


def _fact(value: Any, aliases: dict[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(_words(str(one)).lower() for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return aliases.get(str(value)) or _said(str(value))


def _said(value: str) -> str:
    """A moment on the service's own clock, a code without its underscores, and all else as it is."""
    try:
        return moment(datetime.fromisoformat(value)) if "T" in value else value.replace("_", " ")
    except ValueError:
        return value


def _words(code: str) -> str:
    return code.replace("_", " ").replace("-", " ").capitalize()


def moment(at: datetime) -> str:
    local = calendars.current().local(at)
    return f"{local:%a} {local.day} {local:%b} {local.year}, {local:%H:%M:%S}"


def last_seal() -> TrailSeal | None:
    """1 SQL."""
    return TrailSeal.objects.order_by("-number").first()
