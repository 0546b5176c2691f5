"""Ways to reach somebody that stand in a draft, and whether they are a service's own: those of the signposts.

The directory is read only where a draft names a way at all, so a draft without one costs no query.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from askpeer import details
from questions.models import Signpost, SignpostChannel

LONGEST = 20_000
FEWEST_DIGITS = 9  # shorter numbers are short codes and years; nobody's own phone is that short
MOST_DIGITS = 15  # of any phone number, after ITU-T E.164
LEFT_OVER = 3  # digits before a service's number that are not part of it: "24/7 0808 …"

# Each quantifier is bounded, and no separator is a digit, so matching stays linear.
_BETWEEN = r"[ \t\u00a0.\-‐‑–—/()*_]{0,3}"
_NUMBER = re.compile(rf"(?<![\d+])\+?\(?\d(?:{_BETWEEN}\d)+")
_AT_HOME = re.compile(r"^\(?(?:\+|00)(?:44|32)\D{0,3}0?")
_LIKE_A_NUMBER = re.compile(r"[+(]*0|\+|.*\d{4}", re.DOTALL)  # "count 1 2 3 4 5 6 7 8 9" is none
_NO_DIGITS = str.maketrans("0123456789", "x" * 10)
_DATE = re.compile(r"(?<![\d.\-/])(?:\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?![\d.\-/])")
_HOST = re.compile(r"(?:https?://)?([^\s/?#)\]>\"'|]{1,300})", re.IGNORECASE)
_TARGET = re.compile(r"\]\(\s{0,9}<?([^\s<>()]{1,300})|^ {0,3}\[[^\]\n]{1,99}\]:\s{0,9}<?(\S{1,300})", re.MULTILINE)
_AUTOMATIC = re.compile(r"<([a-z][a-z0-9+.-]{1,31}:[^\s<>]{1,300})>", re.IGNORECASE)


class Directory(NamedTuple):
    """What the services of the directory are reached by: digits, addresses and user names, hosts."""

    numbers: frozenset[str]
    names: frozenset[str]
    hosts: frozenset[str]


class Found(NamedTuple):
    """One way that is no service's: where it begins; person, link or odd (a link we would take out); what it says."""

    start: int
    kind: str
    text: str


def strangers(text: str, as_read: str = "") -> list[Found]:
    """The ways in a draft that the directory does not know. 2 SQL where there is any way, none otherwise.

    as_read is what the draft's reader sees (prose.as_read); what shows only there is placed behind the draft.
    """
    written = [*_ways(text[:LONGEST]), *_odd(text[:LONGEST])]
    there = {_bare(way) for way in written}
    ways = written + [way._replace(start=len(text)) for way in _ways(as_read) if _bare(way) not in there]
    if not ways:
        return []
    known = directory()
    return [way for way in ways if not _is_known(way, known)]


def _bare(way: Found) -> tuple[str, str]:
    """What it says without the signs of Markdown, which are all that its two forms may differ by."""
    return way.kind, re.sub(r"[\W_]", "", way.text).casefold()


def directory() -> Directory:
    """The ways of every service, as they are compared. 2 SQL."""
    ways = list(SignpostChannel.objects.values_list("value", flat=True))
    links = [*ways, *Signpost.objects.exclude(url="").values_list("url", flat=True)]
    return Directory(
        numbers=frozenset(digits for way in ways for digits in numbers_in(way)),
        names=frozenset(way.casefold().lstrip("@") for way in ways if "@" in way),
        hosts=frozenset(host(link) for link in links if "." in link and " " not in link and "@" not in link),
    )


def numbers_in(text: str) -> list[str]:
    """Every number in a text as its digits alone."""
    return [_dialled(match.group()) for match in _NUMBER.finditer(text)]


def host(link: str) -> str:
    """The host a link leads to, without www; "" for none. What stands before an @ is a name, and leads nowhere."""
    match = _HOST.match(link)
    authority = match[1].rpartition("@")[2] if match else ""
    return authority.partition(":")[0].casefold().rstrip(".,;!*_").removeprefix("www.")


def _ways(text: str) -> Iterator[Found]:
    """Numbers, addresses, user names and links."""
    rest = _DATE.sub(_crossed_out, text)
    # With letters for digits: what is long there is the search for phone numbers, which are found here by themselves.
    for kind, start, end in details.find(text.translate(_NO_DIGITS)):
        if kind == "link" and details.is_link(text[start:end]):
            rest = rest[:start] + "x" * (end - start) + rest[end:]
            yield Found(start, "link", text[start:end])
        elif kind in {"email", "handle"}:
            yield Found(start, "person", text[start:end])
    for match in _NUMBER.finditer(rest):
        if _is_a_number(match.group()):
            yield Found(match.start(), "person", match.group())


def _odd(text: str) -> Iterator[Found]:
    """Links that we would take out."""
    for match in [*_TARGET.finditer(text), *_AUTOMATIC.finditer(text)]:
        target = next(group for group in match.groups() if group)
        if not target.casefold().startswith("https://"):
            yield Found(match.start(), "odd", target)


def _is_a_number(run: str) -> bool:
    groups = _groups(run)
    long_enough = len("".join(groups)) >= FEWEST_DIGITS and max(map(len, groups)) <= MOST_DIGITS
    return long_enough and _LIKE_A_NUMBER.match(run) is not None


def _crossed_out(match: re.Match[str]) -> str:
    return "x" * len(match.group())


def _is_known(way: Found, known: Directory) -> bool:
    if way.kind == "odd":
        return False
    if way.kind == "link":
        there = host(way.text)
        return any(there == one or there.endswith(f".{one}") for one in known.hosts)
    if any(character.isalpha() for character in way.text):
        return way.text.casefold().strip("@_*") in known.names
    return _is_a_service(way.text, known.numbers)


def _is_a_service(number: str, services: frozenset[str]) -> bool:
    """Whether services' numbers take it up, but for a few digits: people write "0808 800 4444 24 hours"."""
    groups = _groups(number)
    left = at = 0
    while at < len(groups):
        end = _service_end(groups, at, services) if left <= LEFT_OVER else at
        left, at = (0, end) if end > at else (left + len(groups[at]), at + 1)
    return left < FEWEST_DIGITS


def _service_end(groups: list[str], at: int, services: frozenset[str]) -> int:
    """Where a service's number that begins at this group ends; at where none does."""
    ends = range(min(len(groups), at + MOST_DIGITS), at, -1)
    return next((end for end in ends if "".join(groups[at:end]) in services), at)


def _dialled(number: str) -> str:
    return "".join(_groups(number))


def _groups(number: str) -> list[str]:
    """The groups of digits of a number, the code of our countries read as the 0 that is dialled at home."""
    return re.findall(r"\d+", _AT_HOME.sub("0", number))
