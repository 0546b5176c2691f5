"""What gives nobody away alone and may do so together: an age, a place and something that happens to few.

Hints for the person who writes the public text and for the one who checks it. They block nothing and change nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from askpeer import lookalikes, prose
from questions.models import Question
from questions.publication.models import Publication, PublicText
from questions.publication.rarities import EVENTS, NO_PLACE, NUMBERS, PLACES
from questions.publication.recognising import part

READ = ("title", "question_text", "answer_text", "keywords")
KINDS = {"age": "Age", "place": "Place", "event": "Event"}
MEET = 2  # kinds: one alone says too little
FEWEST, MOST = 10, 1_000  # counts below are never said; above they are not counted to the end
LONGEST_NAME = 3  # words
SHOWN = 8  # words of a kind

_NUMBER = rf"(?:1[0-9]|2[0-5]|{'|'.join(sorted((name.replace(' ', '[ -]') for name in NUMBERS), reverse=True))})"
_NO_AGE = r"(?![\w:%/£€]|[.,]\d|[ -](?:days?|weeks?|months?|minutes?|mins?|hours?|times|people|dagen|weken|minuten)\b)"
_SCHOOL = r"1[0-3]|[1-9]|seven|eight|nine|ten|eleven|twelve|thirteen"
_MONTH = (
    "January|February|April|June|July|August|September|October|November|December|"
    "januari|februari|maart|april|mei|juni|juli|augustus|oktober"
)
_DAY = r"(?:3[01]|[12][0-9]|[1-9])(?:st|nd|rd|th)?"
_SINCE = r"(?:in|last|since|this|next|early|late|until|by|vorige)"
_TOWN = r"[A-Z][a-z]{2,30}"
_I_AM = (
    r"(?:I['’]?m|I am|(?:ik )?ben|(?:ik )?word|was|is|at|turn|turned|turning|aged?|age of)"
    r"(?: only| just| nearly| almost| pas)?"
)
# Linear all: nothing in them is repeated without a limit, and no two parts can take the same characters.
PATTERNS = {
    "age": (
        rf"\b{_I_AM} {_NUMBER}\b{_NO_AGE}",
        rf"\b(?:is|was|turns?|turned|turning|aged?|wordt|werd)(?: only| just| nearly| almost| pas)? [5-9]\b{_NO_AGE}",
        rf"\b(?:when|since|until) (?:I|he|she|we|they) (?:was|were) (?:[5-9]|{_NUMBER})\b{_NO_AGE}",
        rf"\b(?:[5-9]|{_NUMBER})[ -]?(?:(?:years?|yrs?)[ -]olds?|yrs?|y/?o|jaar)\b",
        r"\b(?:[fmFM] ?1[0-9]|1[0-9] ?[fmFM])\b",
        rf"\b{_NUMBER}½",
        r"\b(?:GCSEs?|A[ -]levels?|SATs)\b",
        r"\b(?:[6-9]|1[0-2])th grade\b",
        rf"\b(?:{'|'.join(sorted(name for name in NUMBERS if ' ' not in name and name != 'ten'))})\b{_NO_AGE}",
        rf"\b(?:year|yr)[ -]?(?:{_SCHOOL})(?:s|[A-Z])?\b",
        r"\b(?-i:[YPS])(?:1[0-3]|[1-9])s?\b",
        r"\b(?:1[0-9]|2[0-5])(?:st|nd|rd|th) birthday\b",
        r"\b(?:thir|four|fif|six|seven|eigh|nine)teenth birthday\b",
    ),
    "place": (
        rf"\b(?:in|from|near|at|outside|to|on|by|around|uit|bij) (?:the )?(?-i:{_TOWN}(?:[ -]{_TOWN}){{0,3}})",
        rf"(?-i:{_TOWN} (?:Academy|School|College|High|Grammar|Primary)|\bIsle of {_TOWN}|\bLoch {_TOWN})",
        rf"\b(?:village|town|city|island|estate) (?:is|called|of) (?-i:{_TOWN})",
    ),
    "event": (
        rf"\b(?:{_DAY} (?:of )?|last |vorige )?(?:{_MONTH})(?: {_DAY})?\b",
        rf"\b(?:{_DAY}(?: of)?|{_SINCE}) (?-i:May|March)(?: {_DAY})?\b",
        rf"\b(?-i:May|March) {_DAY}\b",
        r"\b(?:19|20)[0-9]{2}\b",
        r"\b[0-3]?[0-9][/.][01]?[0-9][/.](?:19|20)?[0-9]{2}\b",
    ),
}
NAMED = {"place": PLACES, "event": EVENTS}


class Hint(NamedTuple):
    """Of each kind that was found its name and the words; how many others are like them, as a sentence."""

    found: list[tuple[str, list[str]]]
    alike: str


def hint(publication: Publication) -> Hint | None:
    """What in the saved words could point to one person together, or None. 1 SQL where there is something."""
    found = find(publication.draft)
    if len(found) < MEET:
        return None
    return Hint([(KINDS[kind], words) for kind, words in found.items()], _alike(publication.question))


def find(words: PublicText) -> dict[str, list[str]]:
    """{kind: the words that say it, once each, in reading order} for each kind that is there."""
    texts = [lookalikes.fold(prose.as_read(part(words, place))).text for place in READ]
    found = {kind: _once(one for text in texts for one in _in(kind, text)) for kind in KINDS}
    if words.age_group:
        found["age"] = [f"ages {words.age_group}", *found["age"]]
    return {kind: said[:SHOWN] for kind, said in found.items() if said}


def _in(kind: str, text: str) -> list[str]:
    """The words of this kind in a text; of two that overlap the one that begins first, and then the longer."""
    if kind != "place":  # a line that ends "to" and one that begins "And" name none together
        text = " ".join(text.split())
    spans = [match.span() for pattern in _READY[kind] for match in pattern.finditer(text)]
    if kind == "place":
        spans = [span for start, end in spans if (span := _without_common(text, start, end))]
    spans += _named(text, NAMED.get(kind, frozenset()))
    said, last = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last:
            said.append(text[start:end])
            last = end
    return said


def _without_common(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The capitalised words behind the preposition, up to one that is no place."""
    words = [match.span() for match in re.finditer(r"[A-Za-z]+", text[start:end])][1:]
    kept: list[tuple[int, int]] = []
    for first, last in words:
        if text[start + first : start + last].lower().removesuffix("s") in NO_PLACE_ALIKE:
            break
        kept.append((first, last))
    return (start + kept[0][0], start + kept[-1][1]) if kept else None


def _named(text: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where names of up to three words stand, in any case and however they are joined."""
    words = [(match[0].lower(), *match.span()) for match in re.finditer(r"[^\W_]+", text)] if names else []
    for at in range(len(words)):
        for length in range(LONGEST_NAME, 0, -1):
            some = words[at : at + length]
            if len(some) == length and " ".join(word for word, _, _ in some) in names:
                yield some[0][1], some[-1][2]
                break


def _once(said: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for one in said:
        words = " ".join(one.split())
        kept.setdefault(words.casefold(), words)
    return list(kept.values())


def _alike(question: Question | None) -> str:
    """How many questions that are kept are like this one, itself among them: below ten nobody is told the number."""
    if question is None or question.age_band is None:
        return "The question has been erased, so nobody can say how many are like it."
    same = {"age_band": question.age_band, "nation": question.nation, "topic": question.topic_id}
    count = Question.objects.filter(wrapped_key__isnull=False, **same)[:MOST].count()
    number = "Fewer than 10" if count < FEWEST else f"{count:,}" if count < MOST else f"{MOST:,} or more"
    return f"{number} questions that we still keep share its age band, nation and topic."


NO_PLACE_ALIKE = frozenset(word.removesuffix("s") for word in NO_PLACE)
_READY = {kind: [re.compile(pattern, re.IGNORECASE) for pattern in patterns] for kind, patterns in PATTERNS.items()}
