"""The wording check: reads an advisor's draft against wording.toml, never an asker's words.

Phrases match whole words in lower case, apostrophes dropped and other punctuation read as a space. The draft is read
once: at each word only the phrases that begin with it are tried. A line that starts with ">" quotes somebody, so
suggestions and warnings skip it; what is blocked stays blocked in a quotation, for the asker reads that too.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from askpeer import details

BLOCK, SUGGEST, WARN = "block", "suggest", "warn"
LONGEST = 20_000
_RULES = Path(__file__).with_name("wording.toml")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_NUMBER = "#"
_CONTACTS = {
    "phone": (WARN, "Only a service's number from the signposts may stand here, never a person's."),
    "email": (WARN, "Only a service's address from the signposts may stand here, never a person's."),
    "handle": (BLOCK, "Advisors stay behind their alias. Never give a number, a handle or a place to meet."),
}


class Finding(NamedTuple):
    """One thing the check points at: block, suggest or warn; the words found; why; other words to use, or ""."""

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
    """Everything the check has to say about a draft, in reading order, each phrase once."""
    found = [*_phrases(text[:LONGEST]), *_contacts(text[:LONGEST])]
    return list(dict.fromkeys(finding for _, finding in sorted(found)))


def blocks(text: str) -> list[Finding]:
    """Only what stops a draft from being sent for review."""
    return [finding for finding in check(text) if finding.strength == BLOCK]


def _phrases(text: str) -> Iterator[tuple[int, Finding]]:
    heard = list(_heard(text))
    for place, (start, word, quoted) in enumerate(heard):
        for phrase in _by_first_word().get(_key(word), ()):
            follow = [later for _, later, _ in heard[place + 1 : place + len(phrase.words)]]
            if follow == list(phrase.words[1:]) and (phrase.strength == BLOCK or not quoted):
                shown = " ".join([word, *follow])
                yield start, Finding(phrase.strength, shown, phrase.why, phrase.suggestion)
                break


def _heard(text: str) -> Iterator[tuple[int, str, bool]]:
    """Each word with its place and whether its line is a quotation."""
    at = 0
    for line in text.splitlines(keepends=True):
        quoted = line.lstrip().startswith(">")
        for match in _WORD.finditer(_plain(line)):
            yield at + match.start(), match.group(), quoted
        at += len(line)


def _key(word: str) -> str:
    return _NUMBER if word.isdigit() else word


def _contacts(text: str) -> Iterator[tuple[int, Finding]]:
    for kind, start, end in details.find(text):
        if kind in _CONTACTS:
            strength, why = _CONTACTS[kind]
            yield start, Finding(strength, text[start:end], why)


def _plain(text: str) -> str:
    return text.lower().translate(_APOSTROPHES)


def _words(phrase: str) -> list[str]:
    return _WORD.findall(_plain(phrase))


@cache
def _by_first_word() -> dict[str, list[_Phrase]]:
    index: dict[str, list[_Phrase]] = {}
    for phrase in sorted(_all(tomllib.loads(_RULES.read_text())), key=lambda phrase: -len(phrase.words)):
        index.setdefault(phrase.words[0], []).append(phrase)
    return index


def _all(rules: dict[str, list[dict[str, Any]]]) -> Iterator[_Phrase]:
    for strength in (BLOCK, WARN):
        for rule in rules[strength]:
            for phrase in rule["phrases"]:
                yield _Phrase(tuple(_words(phrase)), strength, rule["why"], "")
            for unit in rule.get("after_number", ()):
                yield _Phrase((_NUMBER, *_words(unit)), strength, rule["why"], "")
    for rule in rules[SUGGEST]:
        yield _Phrase(tuple(_words(rule["from"])), SUGGEST, rule["why"], rule["to"])
