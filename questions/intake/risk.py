"""Raises a question's level by phrase. It lowers none, and it predicts nothing about a person: a supervisor decides."""

import re
import unicodedata
from datetime import datetime
from typing import NamedTuple

from askpeer import outbox
from questions import states
from questions.intake import kept
from questions.intake.models import RiskRule
from questions.models import Question
from questions.publication import withdrawing
from questions.publication.models import Publication

ANY = "anynumber"  # stands for a number in a phrase: how many somebody took is no part of it
LONGEST = 20_000  # characters read


class RiskFinding(NamedTuple):
    """The level a text asks for, and why: (label, phrase) of every rule that matched, the most urgent first."""

    level: str
    reasons: list[tuple[str, str]]


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    level: str
    label: str

    def is_in(self, said: list[str], at: int) -> bool:
        """Whether these words stand there, ANY for any number in digits."""
        there = said[at : at + len(self.words)]
        return len(there) == len(self.words) and all(
            word == mine or (mine == ANY and word.isdigit()) for word, mine in zip(there, self.words, strict=True)
        )


def words(text: str) -> list[str]:
    """The words of a text as phrases are written: lower case, apostrophes dropped, other punctuation a space."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return re.findall(r"\w+", re.sub("['’‘`´]", "", plain))


def level_of(text: str) -> RiskFinding:
    """Look for the phrases of every language: people write in another than their page's. Linear: one look-up a word."""
    phrases = kept.value("risk", _read)
    said, found = words(text), set()
    for at, word in enumerate(said):
        for phrase in phrases.get(word, ()):
            if phrase.is_in(said, at):
                found.add(phrase)
    urgent = sorted(found, key=lambda phrase: (-states.LEVELS.index(phrase.level), phrase.label, phrase.words))
    level = urgent[0].level if urgent else states.GREEN
    return RiskFinding(level, [(phrase.label, " ".join(phrase.words)) for phrase in urgent])


def _read() -> dict[str, list[_Phrase]]:
    """Every phrase under its first word."""
    by_first: dict[str, list[_Phrase]] = {}
    for rule in RiskRule.objects.order_by("pk"):
        for phrase in filter(None, (tuple(words(phrase)) for phrase in rule.phrases)):
            by_first.setdefault(phrase[0], []).append(_Phrase(phrase, rule.level, rule.label))
    return by_first


def raised(question: Question, text: str) -> str:
    """The question's level after these new words: the same or higher."""
    found = level_of(text).level
    return max(question.level, found, key=states.LEVELS.index)


def alert(question: Question, *, now: datetime) -> None:
    """Tell whoever is on duty or on call about a red question, once for each of its stages.

    What was published of it while it was calm leaves the library. Of red words in quarantine people are told once in
    ten minutes, however many there are: a flood must not bury the mail that matters.
    """
    for publication in Publication.objects.filter(question=question, status=Publication.Status.PUBLISHED):
        withdrawing.take_off(publication, now=now, actor="service")
    if question.quarantined:
        readers = "lead" if question.about_staff else "all"
        key = f"red-quarantine:{readers}:{now:%Y-%m-%dT%H}:{now.minute // 10}"
        outbox.put("red-quarantine", key=key, refs={}, now=now)
        return
    key = f"red-question:{question.pk}:{question.version}"
    outbox.put("red-question", key=key, refs={"subject": question.subject, "round": question.round_number}, now=now)
