"""Finds personal details in a text: phone numbers, e-mail, postcodes, handles, links, and the name or school that
somebody says is theirs. Linear, length capped.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers

from askpeer import lookalikes

LONGEST = 20_000
MOST_NAMES = 5
REGIONS = ("GB", "BE")
MASK = {
    "phone": "[phone number]",
    "email": "[e-mail address]",
    "link": "[link]",
    "postcode": "[postcode]",
    "handle": "[user name]",
    "name": "[name]",
    "school": "[school]",
}

# A word ends at an underscore too: Markdown takes it for a sign, and so does who writes _this_.
_BEGINS, _ENDS = r"(?<![^\W_])", r"(?![^\W_])"
# Ends of addresses; those that are words too only where a page follows: people forget the blank after a full stop.
_SITES = "com|org|net|uk|eu|nl|fr|io|gg|tv|xyz|ly|biz|edu|gov|ru|info|(?-i:be)"
_PAGES = "app|at|bio|ch|chat|club|co|de|dev|ee|es|example|id|ie|im|it|link|live|me|online|page|se|shop|site|to|us"
_LABELS = r"[^\W_][\w-]{0,62}\.(?:[^\W_][\w-]{0,62}\.){0,7}"
_SITE = rf"{_LABELS}(?:(?:{_SITES}){_ENDS}(?![@-])|(?:{_PAGES})(?=/[^\s<>]))"

# Each quantifier is bounded and each class starts where the one before it cannot go on, so matching stays linear.
_PATTERNS = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    ("link", re.compile(rf"{_BEGINS}(?:https?://|www\.)[^\s<>\"]{{1,300}}", re.IGNORECASE)),
    ("link", re.compile(rf"(?<![^\W_]|@){_SITE}(?:[/?#:][^\s<>\"]{{0,300}})?", re.IGNORECASE)),
    (
        "postcode",
        re.compile(rf"{_BEGINS}(?:GIR ?0AA|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}){_ENDS}", re.IGNORECASE),
    ),
    ("handle", re.compile(r"(?<![^\W_]|[@.])@[A-Za-z0-9_.]{2,40}")),
    (
        "handle",
        re.compile(
            rf"{_BEGINS}(?:snap(?:chat)?|insta(?:gram)?|discord|tiktok|kik|whatsapp)(?: name| user| id)?"
            r"(?: is| ?=|:) ?(?P<name>[A-Za-z0-9_.#-]{2,40})",
            re.IGNORECASE,
        ),
    ),
    (
        "name",
        re.compile(
            rf"{_BEGINS}(?:my (?:full )?name(?:['’]?s| is)|mijn naam is|ik heet)\s{{1,3}}"
            r"[_*]{0,3}(?!(?:not?|on|in|the|a|an|being|never|always|still|so|also|niet|ook|op|de|het|een)\b)"
            r"(?P<name>[^\W\d_]{2,30}(?:['’-][^\W\d_]{1,30})?(?: (?-i:[A-Z])[^\W\d_]{1,30})?)",
            re.IGNORECASE,
        ),
    ),
    (
        "school",
        re.compile(
            rf"{_BEGINS}(?!(?:A|After|Another|Art|At|Back|Before|Boarding|Every|Her|High|His|In|It|Middle|My|New|No|Old|Only|Our"
            r"|Primary|School|Secondary|Since|Sixth|Special|That|The|Their|This|When|Your)\b)"
            r"(?:(?:St\.|[A-Z][\w'’-]{1,30}) ){1,4}(?:School|Academy|College|Primary|High|Lyceum|Atheneum)" + _ENDS
        ),
    ),
)


SAID = {
    "phone": "a phone number",
    "email": "an e-mail address",
    "link": "a link",
    "postcode": "a postcode",
    "handle": "a user name",
    "name": "a name",
    "school": "the name of a school",
}
"""What each kind is called in a sentence."""


class Detail(NamedTuple):
    """One detail: its kind and the half-open range of characters it takes in the text."""

    kind: str
    start: int
    end: int


def find(text: str) -> list[Detail]:
    """The details in a text, in reading order, none overlapping. Text past 20,000 characters is not read.

    Accents, look-alike letters and what is invisible inside a detail do not hide it.
    """
    folded, taken = lookalikes.fold(text[:LONGEST]), list[Detail]()
    for detail in sorted(_all(folded.text), key=lambda found: (found.start, -found.end)):
        if not taken or detail.start >= taken[-1].end:
            taken.append(detail)
    return [Detail(kind, *folded.span(start, end)) for kind, start, end in taken]


def is_link(text: str) -> bool:
    """Whether a link stands at the beginning of this text."""
    return any(kind == "link" and pattern.match(text) for kind, pattern in _PATTERNS)


def _all(text: str) -> Iterator[Detail]:
    own: set[str] = set()
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            name = "name" if "name" in pattern.groupindex else 0
            yield Detail(kind, match.start(name), match.end(name))
            if kind == "name":
                own.add(match[name])
    for name in sorted(own)[:MOST_NAMES]:  # said once to be theirs, it is theirs wherever it stands
        for match in re.finditer(rf"{_BEGINS}{re.escape(name)}{_ENDS}", text):
            yield Detail("name", match.start(), match.end())
    for region in REGIONS:
        for number in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE):
            if sum(character.isdigit() for character in number.raw_string) >= 9:
                yield Detail("phone", number.start, number.end)


class Piece(NamedTuple):
    """A stretch of a text; kind names the personal detail it is, "" for none."""

    text: str
    kind: str = ""


def marked(text: str) -> list[Piece]:
    """A text cut at its details, for a reader who may see them and should notice them."""
    pieces, at = [], 0
    for kind, start, end in find(text):
        pieces += [Piece(text[at:start]), Piece(text[start:end], kind)]
        at = end
    return [piece for piece in [*pieces, Piece(text[at:])] if piece.text]


def mask(text: str) -> str:
    """The text with each detail replaced by the name of its kind, as an advisor reads it."""
    parts, at = [], 0
    for kind, start, end in find(text):
        parts += [text[at:start], MASK[kind]]
        at = end
    return "".join([*parts, text[at:LONGEST]])
