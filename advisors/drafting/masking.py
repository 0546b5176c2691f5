"""What an advisor may not read: the personal details that software finds, and the names that triage hides."""

import json
import re
import unicodedata

from askpeer import details, lookalikes
from questions.models import Question

NAME = details.MASK["name"]
_APOSTROPHES = "'’‘‛ʼʻʹ′`"
_JOINS = r" \t\n\u00a0_‐‑‒–—−\-"
# Thai to Burmese, Korean, Khmer, Chinese and Japanese: words follow one another, or an ending follows, without a blank.
_RUN_ON = re.compile(
    "[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def names_of(question: Question) -> tuple[str, ...]:
    """The names that a supervisor hides from advisors."""
    return tuple(json.loads(question.masked)) if question.masked else ()


def mask(text: str, names: tuple[str, ...]) -> str:
    """The text as an advisor reads it: as details.mask, and with these names hidden, whatever their case."""
    text = unicodedata.normalize("NFC", text)[: details.LONGEST]
    return _covered(text, _spans(text, names))


def hide(text: str, names: tuple[str, ...]) -> str:
    """A text of ours as an advisor reads it: with these names hidden. Numbers and addresses of services stay."""
    return _covered(text, [(start, end, NAME) for start, end in where(text, names)])


def _covered(text: str, spans: list[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, shown in spans:
        parts += [text[at:start], shown]
        at = end
    return "".join([*parts, text[at:]])


def where(text: str, names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where these names stand in a text: half-open ranges of characters. Accents and look-alikes hide none."""
    real = [name for name in names if any(character.isalnum() for character in name)]
    folded = lookalikes.fold(text)
    return [folded.span(*match.span()) for match in _pattern(real).finditer(folded.text)] if real else []


def _spans(text: str, names: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """What to hide and what to show in its place. What overlaps is hidden together, so that no half shows."""
    found = [(start, end, details.MASK[kind]) for kind, start, end in details.find(text)]
    found += [(start, end, NAME) for start, end in where(text, names)]
    taken: list[tuple[int, int, str]] = []
    for start, end, shown in sorted(found, key=lambda one: (one[0], -one[1])):
        if taken and start < taken[-1][1]:
            taken[-1] = (taken[-1][0], max(end, taken[-1][1]), taken[-1][2])
        else:
            taken.append((start, end, shown))
    return taken


def _pattern(names: list[str]) -> re.Pattern[str]:
    """Any of these names as whole words, the longest first, also in the plural or with its apostrophe left out."""
    # Look-alikes of a capital and of its small letter differ, so each way to write a name is folded by itself.
    ways = {way for name in names for way in (name, name.upper(), name.casefold(), name.title())}
    forms = {lookalikes.fold(way).text.strip().casefold() for way in ways}
    return re.compile("|".join(map(_written, sorted(forms, key=len, reverse=True))), re.IGNORECASE)


def _written(name: str) -> str:
    """A name as people type it: any apostrophe or none, a hyphen or blanks; each part once, so linear."""
    # An acute accent that stands alone is folded to a blank.
    marks = {"apostrophe": f"[{_APOSTROPHES} ]?", "join": f"[{_JOINS}]{{1,8}}"}
    pieces = re.split(rf"([{_APOSTROPHES}]|[{_JOINS}]+)", name)
    parts = [_mark(piece, marks) if place % 2 else _letters(piece) for place, piece in enumerate(pieces)]
    return f"{_edge(name[0], '?<!')}{''.join(parts)}s?{_edge(name[-1], '?!')}"


def _mark(piece: str, marks: dict[str, str]) -> str:
    return marks["apostrophe"] if piece in _APOSTROPHES else marks["join"]


def _letters(piece: str) -> str:
    return re.escape(piece).replace("ss", "(?:ss|ß)")


def _edge(character: str, way: str) -> str:
    """No letter next to it; "_so_" is a word too, and "so2", where the name itself does not end in a number."""
    if _RUN_ON.match(character):
        return ""
    return f"({way}[^\\W_])" if character.isdigit() else f"({way}[^\\W\\d_])"
