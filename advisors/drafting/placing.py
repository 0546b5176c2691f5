"""The services an answer can name: how sure we are of each, the line that puts one in a draft, and which it names."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from advisors.drafting import contacts
from askpeer.errors import Refused
from questions.models import Signpost, SignpostChannel

STALE_DAYS = 90
Kind = SignpostChannel.Kind
_WORD = re.compile(r"[^\W_]+")


class Place(NamedTuple):
    """A service as the workspace offers it: whether somebody should ring first, how it was checked, its line."""

    signpost: Signpost
    is_doubtful: bool
    checked: str
    line: str


def places(signposts: list[Signpost], *, today: date) -> list[Place]:
    return [Place(row, is_doubtful(row, today), checked(row, today), line(row)) for row in signposts]


def is_doubtful(signpost: Signpost, today: date) -> bool:
    """Whether nobody has checked it, or not for 90 days."""
    return signpost.last_verified is None or (today - signpost.last_verified).days >= STALE_DAYS


def doubtful(today: date) -> QuerySet[Signpost]:
    """Every one that is_doubtful() on this day."""
    return Signpost.objects.filter(Q(last_verified=None) | Q(last_verified__lte=today - timedelta(days=STALE_DAYS)))


def checked(signpost: Signpost, today: date) -> str:
    """When somebody last made sure of it, in words."""
    day = signpost.last_verified
    if day is None:
        return "not checked yet: ring first or leave it out"
    if is_doubtful(signpost, today):
        return f"not checked for {STALE_DAYS} days: ring first or leave it out"
    return f"checked on {day.day} {day:%B}"


def line(signpost: Signpost) -> str:
    """One line of Markdown: the name, then each way in with its hours."""
    ways = [_way(way) for way in signpost.channels.all()]
    name = f"**{_plain(signpost.name)}**"
    return f"{name}: {'; '.join(ways)}" if ways else name


def _way(way: SignpostChannel) -> str:
    value = _plain(way.value)
    if way.value.startswith("https://") and (host := contacts.host(way.value)):
        value = f"[{host}]({way.value})"
    named = {Kind.PHONE: "ring", Kind.CHAT: "chat at", Kind.EMAIL: "write to", Kind.WEB: "look at"}
    said = " ".join(part for part in (named.get(Kind(way.kind), ""), value) if part)
    return f"{said} ({_plain(way.hours)})" if way.hours else said


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))


def insert(text: str, place: str, signposts: list[Signpost]) -> str:
    """The draft with the line of the service with this primary key after it. Raises Refused for one not offered."""
    chosen = next((row for row in signposts if str(row.pk) == place), None)
    if chosen is None:
        raise Refused("That service is not on this question's list. Choose one from the list.")
    return f"{text.rstrip()}\n\n{line(chosen)}\n".lstrip()


def named(text: str, signposts: list[Signpost]) -> list[Signpost]:
    """Those that a draft names, by name, number or site."""
    plain = _words(text)
    numbers = set(contacts.numbers_in(text))
    return [row for row in signposts if _is_named(row, plain, numbers, text.casefold())]


def _is_named(row: Signpost, plain: str, numbers: set[str], folded: str) -> bool:
    if _words(row.name) in plain:
        return True
    values = [way.value for way in row.channels.all()]
    if any(not numbers.isdisjoint(contacts.numbers_in(value)) for value in values):
        return True
    hosts = {contacts.host(link) for link in [row.url, *values] if link.startswith("https://")}
    return any(one in folded for one in hosts)


def _words(text: str) -> str:
    return " ".join(["", *_WORD.findall(text.casefold()), ""])
