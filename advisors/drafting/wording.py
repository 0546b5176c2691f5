"""The wording check: reads an advisor's draft against wording.toml and the directory, never an asker's words.

Phrases match whole words in lower case, apostrophes dropped and other punctuation read as a space. The draft is read
once: at each word only the phrases that begin with it and the next one are tried. Lines that start with ">" and words
between quotation marks are somebody's own, so all but blocks skip them; a block stands there too, for the asker reads
it as well.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from advisors.drafting import contacts
from askpeer import lookalikes, prose

# A tick: the writer speaks of themselves. It does not stop sending; the reviewer ticks that it helps.
BLOCK, SUGGEST, WARN, TICK = "block", "suggest", "warn", "tick"
LONGEST = 20_000
_RULES = Path(__file__).with_name("wording.toml")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_QUOTED = re.compile('(“[^“”]{1,500}”|"[^"]{1,500}")')
_NUMBER = "#"
_LONGEST_PHRASE = 10  # words
_TABLES = {BLOCK: "block", WARN: "warn", TICK: "disclosure"}
_CONTACTS = {
    "person": (BLOCK, "Nobody's own number, address or user name may stand here, only a service's from the directory."),
    "link": (WARN, "This site is not in our directory. Has somebody looked at it? A service from the list is safer."),
    "odd": (BLOCK, "Only links that begin with https:// reach them. We would take this one out."),
}


class Finding(NamedTuple):
    """One thing the check points at: its strength; the words found; why; other words to use, or ""."""

    strength: str
    phrase: str
    why: str
    suggestion: str = ""


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    strength: str
    why: str
    suggestion: str


def check(text: str) -> list[Finding]:
    """Everything the check has to say about a draft, in reading order, each phrase once.

    Last comes what stands in the draft only once it is rendered: only ways to somebody and what may never be sent.
    2 SQL where the draft names a number, an address, a user name or a link, none otherwise.
    """
    text = text[:LONGEST]
    as_read = prose.as_read(text)
    found = sorted([*_phrases(text), *_contacts(text, as_read)])
    return list(dict.fromkeys([finding for _, finding in found] + list(_hidden(as_read))))


def blocks(text: str) -> list[Finding]:
    """Only what stops a draft from being sent for review."""
    return [finding for finding in check(text) if finding.strength == BLOCK]


def _phrases(text: str) -> Iterator[tuple[int, Finding]]:
    heard = list(_heard(text))
    for place, (start, word, quoted) in enumerate(heard):
        following = [later for _, later, _ in heard[place + 1 : place + _LONGEST_PHRASE]]
        for phrase in _beginning(_key(word), following):
            follow = following[: len(phrase.words) - 1]
            if follow == list(phrase.words[1:]) and (phrase.strength == BLOCK or not quoted):
                shown = " ".join([word, *follow])
                yield start, Finding(phrase.strength, shown, phrase.why, phrase.suggestion)
                break


def _hidden(as_read: str) -> Iterator[Finding]:
    """The blocks in what the reader sees. What is quoted there is not told apart, so the rest is not looked for."""
    for _, finding in _phrases(lookalikes.fold(as_read).text):
        if finding.strength == BLOCK:
            yield finding


def _beginning(word: str, following: list[str]) -> Iterator[_Phrase]:
    """The phrases that begin with these two words, the longest first, then the word that is one by itself."""
    index = _by_first_words()
    for begin in ((word, *following[:1]), (word,)):
        yield from index.get(begin, ())


def _heard(text: str) -> Iterator[tuple[int, str, bool]]:
    """Each word with its place and whether it is quoted."""
    at = 0
    for line in text.splitlines(keepends=True):
        is_quotation = line.lstrip().startswith(">")
        for place, part in enumerate(_QUOTED.split(_plain(line))):
            for match in _WORD.finditer(part):
                yield at + match.start(), match.group(), is_quotation or place % 2 == 1
            at += len(part)


def _key(word: str) -> str:
    return _NUMBER if word.isdigit() else word


def _contacts(text: str, as_read: str) -> Iterator[tuple[int, Finding]]:
    for start, kind, shown in contacts.strangers(text, as_read):
        strength, why = _CONTACTS[kind]
        yield start, Finding(strength, shown, why)


def _plain(text: str) -> str:
    return text.lower().translate(_APOSTROPHES)


def _words(phrase: str) -> list[str]:
    return _WORD.findall(_plain(phrase))


@cache
def _by_first_words() -> dict[tuple[str, ...], list[_Phrase]]:
    index: dict[tuple[str, ...], list[_Phrase]] = {}
    for phrase in sorted(_all(tomllib.loads(_RULES.read_text())), key=lambda phrase: -len(phrase.words)):
        index.setdefault(phrase.words[:2], []).append(phrase)
    return index


def _all(rules: dict[str, list[dict[str, Any]]]) -> Iterator[_Phrase]:
    for strength, table in _TABLES.items():
        for rule in rules[table]:
            for phrase in rule["phrases"]:
                yield _Phrase(tuple(_words(phrase)), strength, rule["why"], "")
            for unit in rule.get("after_number", ()):
                yield _Phrase((_NUMBER, *_words(unit)), strength, rule["why"], "")
    for rule in rules[SUGGEST]:
        yield _Phrase(tuple(_words(rule["from"])), SUGGEST, rule["why"], rule["to"])
