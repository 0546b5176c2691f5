"""Finds personal details in a text: phone numbers, e-mail, postcodes, handles, links. Linear, length capped."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers

LONGEST = 20_000
REGIONS = ("GB", "BE")
MASK = {
    "phone": "[phone number]",
    "email": "[e-mail address]",
    "link": "[link]",
    "postcode": "[postcode]",
    "handle": "[user name]",
}

# Each quantifier is bounded and each class starts where the one before it cannot go on, so matching stays linear.
_PATTERNS = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    ("link", re.compile(r"\b(?:https?://|www\.)[^\s<>\"]{1,300}", re.IGNORECASE)),
    ("postcode", re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", re.IGNORECASE)),
    ("handle", re.compile(r"(?<![\w@.])@[A-Za-z0-9_.]{2,40}")),
    (
        "handle",
        re.compile(
            r"\b(?:snap(?:chat)?|insta(?:gram)?|discord|tiktok|kik|whatsapp)(?: name| user| id)?"
            r"(?: is| ?=|:) ?(?P<name>[A-Za-z0-9_.#-]{2,40})",
            re.IGNORECASE,
        ),
    ),
)


class Detail(NamedTuple):
    """One detail: its kind and the half-open range of characters it takes in the text."""

    kind: str
    start: int
    end: int


def find(text: str) -> list[Detail]:
    """The details in a text, in reading order, none overlapping. Text past 20,000 characters is not read."""
    taken: list[Detail] = []
    for detail in sorted(_all(text[:LONGEST]), key=lambda found: (found.start, -found.end)):
        if not taken or detail.start >= taken[-1].end:
            taken.append(detail)
    return taken


def _all(text: str) -> Iterator[Detail]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            name = "name" if "name" in pattern.groupindex else 0
            yield Detail(kind, match.start(name), match.end(name))
    for region in REGIONS:
        for number in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE):
            if sum(character.isdigit() for character in number.raw_string) >= 9:
                yield Detail("phone", number.start, number.end)


def mask(text: str) -> str:
    """The text with each detail replaced by the name of its kind, as an advisor reads it."""
    parts, at = [], 0
    for kind, start, end in find(text):
        parts += [text[at:start], MASK[kind]]
        at = end
    return "".join([*parts, text[at:LONGEST]])
