"""The details of the asker's own that an answer picks up: each has to stand in what the asker really sent."""

import json
import re
import unicodedata
from typing import NamedTuple

from advisors.drafting import masking
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Message, Question

NEEDED = 2
SHORTEST = 3  # characters of a detail, so that "a" and "I" are none
LONGEST = 200
MOST = 4
TWO = "Mark at least two details of their own that your answer picks up, in the words they used."
ONE = "Mark the one detail they gave you, in the word they used."


class Judged(NamedTuple):
    """A detail that was marked, whether it counts, and why."""

    detail: str
    counts: bool
    verdict: str


def normalise(text: str) -> str:
    """Words in lower case with single spaces; apostrophes dropped, other punctuation read as a space."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", re.sub("['’‘ʼ`]", "", plain)))


def said(question: Question) -> list[str]:
    """Normalised, everything of the asker's that an advisor may read: texts passed by triage, cards and moments."""
    sent = Message.objects.filter(
        round__question=question, kind__in=Message.FROM_ASKER, passed_at__isnull=False
    ).select_related("round")
    heard, names = [], masking.names_of(question)
    for message in sent:
        message.round.question = question
        extras = json.loads(message.extras) if message.extras else {}
        heard += [message.text, *extras.get("cards", ()), *extras.get("timeline", ())]
    # Masked, so that trying out phrases never tells what stands behind a mask.
    return [normalise(masking.mask(text, names)) for text in heard]


def clean(details: list[str]) -> list[str]:
    """The details as they are kept: canonical, none empty, at most four. Raises Refused."""
    kept = [canonical for detail in details if (canonical := prose.canonical(detail))]
    if len(kept) > MOST or any(len(detail) > LONGEST for detail in kept):
        raise Refused(f"Mark up to {MOST} details, each with {LONGEST} characters at most.")
    return kept


def needed(heard: list[str]) -> int:
    """How many details an answer has to pick up: two, or as many words as there are when the asker sent fewer."""
    own = {word for text in heard for word in text.split() if len(word) >= SHORTEST}
    return min(NEEDED, len(own))


def found(details: list[str], heard: list[str]) -> list[str]:
    """Those details that stand in the asker's own words, none of them inside another."""
    real = {normalise(detail): detail for detail in details if _stands(normalise(detail), heard)}
    return [detail for own, detail in real.items() if not any(_within(own, other) for other in real if other != own)]


def judged(details: list[str], heard: list[str]) -> list[Judged]:
    """Each detail and what is right or wrong with it, in words."""
    counted = found(details, heard)
    return [Judged(detail, detail in counted, _verdict(detail, counted, heard)) for detail in details]


def _verdict(detail: str, counted: list[str], heard: list[str]) -> str:
    if detail in counted:
        return "stands in their words"
    if _stands(normalise(detail), heard):
        return "counts once, with the other"
    return "not found in what they sent: check the spelling"


def _stands(detail: str, heard: list[str]) -> bool:
    return len(detail) >= SHORTEST and any(_within(detail, text) for text in heard)


def _within(part: str, whole: str) -> bool:
    return f" {part} " in f" {whole} "


def check(details: list[str], question: Question) -> None:
    """Raise Refused unless enough of the details are the asker's own."""
    heard = said(question)
    if len(found(details, heard)) >= needed(heard):
        return
    sentence = TWO if needed(heard) == NEEDED else ONE
    if missing := next((detail for detail in details if not _stands(normalise(detail), heard)), ""):
        sentence = f"{sentence} “{missing}” does not stand in what they sent."
    raise Refused(sentence)
