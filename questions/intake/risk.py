"""Raises a question's level by phrase. It lowers none, and it predicts nothing about a person: a supervisor decides."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from askpeer import outbox
from askpeer.models import OutboxRow
from questions import states
from questions.intake import kept, slips
from questions.intake.models import RiskRule
from questions.models import Question
from questions.publication import withdrawing

ANY = "anynumber"  # stands for a number in a phrase: how many somebody took is no part of it
LONGEST = 20_000  # characters read
QUIET = timedelta(minutes=10)  # between two alerts about red words on a question that is red already


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
    """Look for the phrases of every language, danger words misspelt by one slip too: people write in another language
    than their page's. Linear: a few look-ups a word."""
    return _find(text, kept.value("risk", lambda: _by_first(RiskRule.objects.order_by("pk"))))


def level_by(text: str, rules: Iterable[RiskRule]) -> RiskFinding:
    """The same by these rules, whether they are saved or not."""
    return _find(text, _by_first(rules))


def _find(text: str, phrases: dict[str, list[_Phrase]]) -> RiskFinding:
    said = slips.mend(words(text))
    found = set(_in(said, phrases)) | set(_in(slips.joined(said), phrases))
    urgent = sorted(found, key=lambda phrase: (-states.LEVELS.index(phrase.level), phrase.label, phrase.words))
    level = urgent[0].level if urgent else states.GREEN
    return RiskFinding(level, [(phrase.label, " ".join(phrase.words)) for phrase in urgent])


def _in(said: list[str], phrases: dict[str, list[_Phrase]]) -> Iterator[_Phrase]:
    for at, word in enumerate(said):
        for phrase in phrases.get(word, ()):
            if phrase.is_in(said, at):
                yield phrase


def _by_first(rules: Iterable[RiskRule]) -> dict[str, list[_Phrase]]:
    """Every phrase under its first word."""
    by_first: dict[str, list[_Phrase]] = {}
    for rule in rules:
        for phrase in filter(None, (tuple(slips.mend(words(phrase))) for phrase in rule.phrases)):
            by_first.setdefault(phrase[0], []).append(_Phrase(phrase, rule.level, rule.label))
    return by_first


def raised(question: Question, text: str) -> str:
    """The question's level after these new words: the same or higher."""
    found = level_of(text).level
    return max(question.level, found, key=states.LEVELS.index)


def alert(question: Question, *, now: datetime, again: bool = False) -> None:
    """Tell whoever is on duty or on call about a red question, each time it becomes red or red words come.

    again says that it was red before these words: of those they are told at most once in ten minutes, the last ones
    included, since somebody may write anew and anew. What was published of it while it was calm leaves the library. Of
    red words in quarantine people are told once in ten minutes, however many there are: a flood must not bury the mail
    that matters.
    """
    withdrawing.take_off_all(question, now=now)
    if question.quarantined:
        readers = "trustee" if question.about_lead else "lead" if question.about_staff else "all"
        key = f"red-quarantine:{readers}:{now:%Y-%m-%dT%H}:{now.minute // 10}"
        outbox.put("red-quarantine", key=key, refs={"readers": readers}, now=now)
        return
    due = _once_it_was_quiet(question, now) if again else now
    if due is None:
        return
    key = f"red-question:{question.pk}:{due:%Y%m%dT%H%M%S.%f}"
    refs = {"subject": question.subject, "round": question.round_number}
    outbox.put("red-question", key=key, refs=refs, now=now, due=due)


def _once_it_was_quiet(question: Question, now: datetime) -> datetime | None:
    """When to tell of these words too: now, or ten minutes after the last alert; None where one is still to come."""
    rows = OutboxRow.objects.filter(kind="red-question", refs__subject=question.subject)
    # What is dated ahead and settled was put by a clock gone wrong; what is due later than that comes too late.
    credible = rows.filter(due_at__lte=now + QUIET).exclude(due_at__gt=now, settled_at__isnull=False)
    last = credible.order_by("-due_at").values_list("due_at", flat=True).first()
    if last is None:
        return now
    return None if last > now else max(now, last + QUIET)
