"""An entry of the directory of services as it is typed, in a form or in a line of a file: one rule for each field.

Each rule takes what was typed and returns what is kept, or raises Refused with what is wrong and what was expected.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from advisors.managing import hours_said
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Signpost, SignpostChannel, Topic

Kind = SignpostChannel.Kind
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NATION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
SPAN = re.compile(r"(\d{1,2})-(\d{1,2})((?:[ ,]+[a-z]{3})*)")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LIMITS = {"slug": 60, "name": 80, "url": 200, "summary": 300, "remark": 80, "value": 200, "hours": 120}
OLDEST, MOST_CHANNELS, MOST_SPANS = 120, 8, 14
YES, NO = {"yes", "true", "1", "on"}, {"no", "false", "0", ""}


class Channel(NamedTuple):
    """A way in. awake is as the row has it: [[from, to], [from, to, [days]], …], empty for always."""

    kind: str
    value: str
    hours: str
    awake: list[list[Any]]


class Entry(NamedTuple):
    """A whole entry; topics are slugs."""

    slug: str
    name: str
    url: str
    summary: str
    country: str
    nations: list[str]
    min_age: int
    max_age: int
    topics: list[str]
    crisis: bool
    last_verified: date | None
    remark: str
    channels: list[Channel]


def entry_of(row: Signpost) -> Entry:
    """The row as an entry; its channels and topics are fetched where they were not before."""
    same = {name: getattr(row, name) for name in Entry._fields if name not in {"topics", "channels"}}
    return Entry(
        **same,
        topics=sorted(topic.slug for topic in row.topics.all()),
        channels=[Channel(way.kind, way.value, way.hours, way.awake) for way in row.channels.all()],
    )


def line(field: str, typed: str) -> str:
    """One line of text, no longer than the field."""
    kept, limit = " ".join(prose.canonical(typed).split()), LIMITS[field]
    if len(kept) > limit:
        raise Refused(f"This can have {limit} characters at most. It has {len(kept)}.")
    return kept


def needed(field: str, typed: str) -> str:
    if not (kept := line(field, typed)):
        raise Refused("This cannot be empty.")
    return kept


def slug(typed: str) -> str:
    kept = needed("slug", typed)
    if not SLUG.fullmatch(kept):
        raise Refused("Expected letters from a to z, numbers, and single hyphens between them, such as the-mix.")
    return kept


def url(typed: str) -> str:
    """An address that opens over https, or ""."""
    kept = line("url", typed)
    if kept and not _is_address(kept):
        raise Refused("Expected an address that begins with https://, such as https://www.example.org.")
    return kept


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = not re.search(r"[\s<>\"'`\\]", text) and "@" not in parts.netloc
    return plain and parts.scheme == "https" and bool(re.fullmatch(r"[\w-]+(\.[\w-]+)+", host))


def country(typed: str) -> str:
    kept = prose.canonical(typed).upper()
    if kept not in hours_said.countries():
        raise Refused("Expected the two letters of a country, such as GB or BE.")
    return kept


def nations(typed: str) -> list[str]:
    """Codes with spaces or commas between them; none for the whole country."""
    codes = list(dict.fromkeys(re.split(r"[\s,]+", prose.canonical(typed).upper().strip(" ,"))))
    if codes == [""]:
        return []
    if wrong := [code for code in codes if not NATION.fullmatch(code)]:
        raise Refused(f"Expected codes such as GB-SCT, with spaces between them, not {wrong[0][:20]}.")
    return codes


def age(typed: str) -> int:
    kept = prose.canonical(typed)
    if not (kept.isascii() and kept.isdecimal() and len(kept) <= 3 and int(kept) <= OLDEST):
        raise Refused(f"Expected an age in whole years, from 0 to {OLDEST}.")
    return int(kept)


def yes(typed: str) -> bool:
    kept = prose.canonical(typed).casefold()
    if kept not in YES | NO:
        raise Refused("Expected yes or no.")
    return kept in YES


def day(typed: str) -> date | None:
    kept = prose.canonical(typed)
    try:
        return date.fromisoformat(kept) if kept else None
    except ValueError:
        raise Refused("Expected a day like 2027-02-28, or nothing.") from None


def topics(typed: str) -> list[str]:
    """Slugs with spaces or commas between them. 1 SQL where there are some."""
    wanted = set(re.split(r"[\s,]+", prose.canonical(typed).strip(" ,"))) - {""}
    known = set(Topic.objects.values_list("slug", flat=True)) if wanted else set()
    if unknown := sorted(wanted - known):
        raise Refused(f"There is no topic with the short name {unknown[0][:40]}.")
    return sorted(wanted)


def channels(typed: str) -> list[Channel]:
    """One a line: kind | value | hours in words | when somebody answers."""
    lines = [one for one in prose.canonical(typed).split("\n") if one.strip()]
    if len(lines) > MOST_CHANNELS:
        raise Refused(f"An entry can have {MOST_CHANNELS} ways in at most. These are {len(lines)}.")
    return [_channel(one) for one in lines]


def _channel(typed: str) -> Channel:
    parts = [part.strip() for part in typed.split("|")]
    if not 2 <= len(parts) <= 4:
        raise Refused("Expected kind | value | hours in words | when somebody answers, such as phone | 116 123.")
    kind, value, hours, spans = [*parts, "", ""][:4]
    return channel(kind, value, hours, spans)


def channel(kind: str, value: str, hours: str, spans: str) -> Channel:
    """Raises Refused."""
    if kind not in Kind.values:
        raise Refused(f"Expected one of {', '.join(Kind.values)} as the kind, not {kind[:20] or 'nothing'}.")
    value, hours = needed("value", value), line("hours", hours)
    if "|" in value + hours:
        raise Refused("Leave out the | sign: it stands between the parts.")
    _check_way(kind, value)
    return Channel(kind, value, hours, awake(spans))


def _check_way(kind: str, value: str) -> None:
    if kind in {Kind.CHAT, Kind.WEB} and not _is_address(value):
        raise Refused(f"Expected an address that begins with https:// for {kind}, not {value[:40]}.")
    if kind in {Kind.PHONE, Kind.TEXT} and not re.search(r"\d", value):
        raise Refused(f"Expected a number for {kind}, not {value[:40]}.")
    if kind == Kind.EMAIL:
        try:
            validate_email(value)
        except ValidationError:
            raise Refused(f"Expected an e-mail address, not {value[:40]}.") from None


def awake(typed: str) -> list[list[Any]]:
    """ "always" or nothing, or spans of whole hours with a semicolon between: 9-17 mon tue; 10-12 sat."""
    kept = prose.canonical(typed).casefold()
    if kept in {"", "always"}:
        return []
    spans = [part.strip() for part in kept.split(";") if part.strip()]
    if len(spans) > MOST_SPANS:
        raise Refused(f"Expected {MOST_SPANS} spans at most.")
    return [_span(part) for part in spans]


def _span(typed: str) -> list[Any]:
    found = SPAN.fullmatch(typed)
    named = re.findall(r"[a-z]{3}", found[3]) if found else []
    if not found or not 0 <= int(found[1]) < int(found[2]) <= 24 or not set(named) <= set(DAYS):
        raise Refused(f"Expected hours like 9-17, or 9-17 mon tue, or always, not {typed[:40]}.")
    hours: list[Any] = [int(found[1]), int(found[2])]
    return [*hours, sorted({DAYS.index(one) for one in named})] if named else hours


def awake_said(spans: list[list[Any]]) -> str:
    """As it is typed: always; 9-17 mon tue; 10-12 sat."""
    said = [" ".join([f"{span[0]}-{span[1]}", *(DAYS[day] for day in (span[2:] and span[2]))]) for span in spans]
    return "; ".join(said) or "always"


def channels_said(found: list[Channel]) -> str:
    return "\n".join(" | ".join((way.kind, way.value, way.hours, awake_said(way.awake))).rstrip(" |") for way in found)


RULES: dict[str, Callable[[str], Any]] = {
    "slug": slug,
    "name": lambda typed: needed("name", typed),
    "url": url,
    "summary": lambda typed: needed("summary", typed),
    "country": country,
    "nations": nations,
    "min_age": age,
    "max_age": age,
    "topics": topics,
    "crisis": yes,
    "last_verified": day,
    "remark": lambda typed: line("remark", typed),
    "channels": channels,
}


def check_whole(found: dict[str, Any], *, today: date) -> dict[str, str]:
    """{field: what is wrong} of what only several fields together say."""
    wrong = {}
    if found.get("min_age", 0) > found.get("max_age", OLDEST):
        wrong["max_age"] = "Expected an age that is not below the youngest."
    if any(not code.startswith(f"{found.get('country')}-") for code in found.get("nations", [])):
        wrong["nations"] = "Expected parts of the same country."
    if found.get("last_verified") and found["last_verified"] > today:
        wrong["last_verified"] = "Expected a day that is over: nobody can have checked it on a day to come."
    if found.get("crisis") and not found.get("channels", True):
        wrong["channels"] = "A crisis service needs one way in at least."
    return wrong
