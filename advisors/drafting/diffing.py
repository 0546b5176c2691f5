"""What changed between two wordings, word by word. Pure."""

import re
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

Piece = tuple[str, str]  # ("same" | "add" | "cut", text)
EXACT_UP_TO = 1500  # words; above it very common words no longer anchor a match, which keeps the cost bounded


def words(before: str, after: str) -> list[Piece]:
    """The pieces that lead from one text to the other, for the diff tag. Line breaks belong to the word before them."""
    return list(_spaced([piece for piece in _pieces(_tokens(before), _tokens(after)) if piece[1]]))


def share_changed(before: str, after: str) -> float:
    """The share of the earlier words that were replaced, cut or joined by new ones: 0.0 to 1.0."""
    old, new = before.split(), after.split()
    if not old:
        return 1.0 if new else 0.0
    changed = sum(
        max(end - start, until - since)
        for kind, start, end, since, until in _matcher(old, new).get_opcodes()
        if kind != "equal"
    )
    return min(1.0, changed / len(old))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text.strip())


def _key(token: str) -> tuple[str, bool]:
    """A word is the same with one space after it or two; a line break after it is a difference."""
    return token.strip(), "\n" in token


def _matcher(old: Sequence[Hashable], new: Sequence[Hashable]) -> SequenceMatcher:
    return SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > EXACT_UP_TO)


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    changes = _matcher([_key(token) for token in old], [_key(token) for token in new])
    for kind, start, end, since, until in changes.get_opcodes():
        if kind == "equal":
            yield "same", "".join(new[since:until])
        else:
            yield "cut", "".join(old[start:end])
            yield "add", "".join(new[since:until])


def _spaced(pieces: list[Piece]) -> Iterator[Piece]:
    """A piece that ends without a space gets one, so that it does not run into what follows."""
    for place, (kind, text) in enumerate(pieces, start=1):
        yield kind, text if place == len(pieces) or text[-1].isspace() else text + " "
