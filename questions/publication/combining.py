"""What gives nobody away alone and may do so together: an age, a place and something that happens to few.

Hints for the person who writes the public text and for the one who checks it. They block nothing and change nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from askpeer import lookalikes, prose
from questions.models import Question
from questions.publication.models import Publication, PublicText
from questions.publication.rarities import EVENTS, NO_PLACE, NUMBERS, PLACES, UNITS
from questions.publication.recognising import part

READ = ("title", "question_text", "answer_text", "keywords")
KINDS = {"age": "Age", "place": "Place", "event": "Event"}
MEET = 2  # kinds: one alone says too little
FEWEST, MOST = 10, 1_000  # counts below are never said; above they are not counted to the end
LONGEST_NAME = 3  # words
SHOWN = 8  # words of a kind

_NUMBER = rf"(?:1[0-9]|2[0-5]|{'|'.join(sorted((name.replace(' ', '[ -]') for name in NUMBERS), reverse=True))})"
_AGE = rf"(?:[5-9]|{_NUMBER})"
_NO_AGE = rf"(?![\w:%/£€$]|[.,'’]\d|[ -](?:{'|'.join(sorted(UNITS))})\b)"
_HOURS = "ten|tien|eleven|twelve|elf|twaalf"
_SCHOOL = r"1[0-3]|[1-9]|seven|eight|nine|ten|eleven|twelve|thirteen"
_CLASS = r"(?:[1-7](?:ste|de|e)|eerste|tweede|derde|vierde|vijfde|zesde|zevende)"
_MONTH = (
    "January|February|April|June|July|August|September|October|November|December|"
    "januari|februari|maart|april|mei|juni|juli|augustus|oktober"
)
_DAY = r"(?:3[01]|[12][0-9]|[1-9])(?:st|nd|rd|th)?"
_SINCE = r"(?:in|last|since|this|next|early|late|until|by|vorige)"
_JUST = r"(?: (?:only|just|nearly|almost|still|now|pas|bijna|net|nog|maar|al|nu|ook)){0,2}"
_I_AM = r"(?:I['’]?m|I am|(?:ik )?(?:ben|word)|(?:ben|word) ik|was|is|wordt|werd|turn(?:s|ed|ing)?|aged?|age of)"
_TOWN = r"[A-Z][a-z]{2,30}(?:['’]s)?"
_NAME = rf"(?-i:(?!New Year)(?:(?:De|La|Le|St\.?) )?{_TOWN}(?:[ -]{_TOWN}){{0,3}})"
_AT = r"(?:in|from|near|at|outside|to|on|by|around|uit|bij|te|naar|op|rond|(?:kom|komt|ben) van)"
_NO_SCHOOL = r"(?!(?:The|High|Middle|New|Old|After|Before|Since|Because|And|But|If|When)\b)"
_HOME = "village|town|city|island|estate|dorp|stad|gemeente|eiland|wijk"
# Linear all: nothing in them is repeated without a limit, and no two parts can take the same characters.
# What a pattern names is its group, where it has one.
PATTERNS = {
    "age": (
        rf"\b{_I_AM}{_JUST} {_AGE}\b{_NO_AGE}",
        rf"\b(?:when|since|until) (?:I|he|she|we|they) (?:was|were) {_AGE}\b{_NO_AGE}",
        rf"\b(?:ik|hij|ze|zij|we|wij|broer|zus){_JUST} {_AGE} (?:ben|is|was|werd|wordt?)\b",
        r"\bat 1[3-9](?=[.,;!?](?!\d)|$| (?:I|he|she|we|they|my|and)\b)",
        rf"\b{_AGE}[ -]?(?:(?:years?|yrs?)[ -]olds?|yrs?|y/?o|jaar|jarigen?|jarig)\b(?! (?:ago|geleden))",
        # "14m" is a length, "the M18" a road and "an F16" a plane.
        r"(?<![£$€.,])\b(?-i:1[3-9][fFM])\b",
        r"(?<!\bthe )(?<!\ban )(?<!\been )(?<!\bde )\b[fm]1[3-9]\b",
        r"\bI(?:['’]?m| am) 1[3-9] ?[fm]\b|(?<=\()1[3-9]m(?=\))|\b1[3-9]m(?= here\b)",
        rf"\b{_NUMBER}(?=1⁄2)",  # "½", as it is folded
        r"\b(?:GCSEs?|A[ -]levels?|SATs)\b",
        r"\b(?:[6-9]|1[0-2])th grade\b",
        rf"\b(?!(?:{_HOURS})\b)(?:{'|'.join(sorted(name for name in NUMBERS if ' ' not in name))})\b{_NO_AGE}",
        rf"(?<!\bat )(?<!\bom )\b(?!ten\b|tien\b)(?:{_HOURS})\b{_NO_AGE}",
        rf"\b(?:year|yr)[ -]?(?:{_SCHOOL})(?:s|[A-Z])?\b",
        r"\b(?-i:[YPS])(?:1[0-3]|[1-9])s?\b",
        rf"\b{_CLASS} (?:jaar )?(?:middelbaar|secundair|leerjaar|klas|aso|bso|tso|kso)\b",
        rf"\b(?:{_AGE}(?:st|nd|rd|th|ste|de|e)|twelfth) (?:birthday|verjaardag)\b",
        rf"\bop (?:mijn|zijn|haar) {_AGE}(?:ste|de|e)\b",
    ),
    "place": (
        rf"\b{_AT} (?:(?-i:[Tt]he|de|het) )?(?P<name>{_NAME})",
        rf"\b{_NO_SCHOOL}(?P<name>{_NAME} (?-i:Academy|School|College|High|Grammar|Primary|Hospital|Atheneum))\b",
        rf"\b(?P<name>(?-i:Isle of|Loch) {_NAME})",
        rf"\b(?:{_HOME}) (?P<name>{_NAME})",
        rf"\b(?:{_HOME}|school|college) (?:is called|is|called|named|of|heet|genaamd) (?P<name>{_NAME})",
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
    spans = [match.span(match.lastgroup or 0) for pattern in _READY[kind] for match in pattern.finditer(text)]
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
    """A name up to a word that is no place."""
    last = start
    for word in re.finditer(r"[A-Za-z]+", text[start:end]):
        if word[0].lower().removesuffix("s") in NO_PLACE_ALIKE:
            break
        last = start + word.end()
    return (start, last) if last > start else None


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
