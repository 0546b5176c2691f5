"""What changed between two wordings, word by word. Pure."""

import re
from collections.abc import Hashable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate, takewhile

Piece = tuple[str, str]  # ("same" | "add" | "cut", text)
Change = tuple[str, int, int, int, int]  # as an opcode of difflib
MOST_WORK = 800_000  # pairs of words looked at; two unlike wordings of 1,100 words each need some 200,000


def words(before: str, after: str) -> list[Piece]:
    """The pieces that lead from one text to the other, for the diff tag. Line breaks belong to the word before them."""
    return list(_spaced([piece for piece in _pieces(_tokens(before), _tokens(after)) if piece[1]]))


def share_changed(before: str, after: str) -> float:
    """The share of the earlier text that was replaced, cut or joined by new words: 0.0 to 1.0.

    The larger of the share of its words and that of its letters: what stands between words need not be a space.
    """
    old, new = before.split(), after.split()
    if not old:
        return 1.0 if new else 0.0
    changes = [
        (old[start:end], new[since:until]) for kind, start, end, since, until in _changes(old, new) if kind != "equal"
    ]
    words = sum(max(len(cut), len(added)) for cut, added in changes)
    letters = sum(max(_letters(cut), _letters(added)) for cut, added in changes)
    return min(1.0, max(words / len(old), letters / _letters(old)))


def _letters(words: Sequence[str]) -> int:
    return sum(map(len, words))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text.strip())


def _key(token: str) -> tuple[str, bool]:
    """A word is the same with one space after it or two; a line break after it is a difference."""
    return token.strip(), "\n" in token


class _Bounded(SequenceMatcher):
    """Looks for what two texts share for as long as that is cheap; what it cannot afford to compare counts as changed.

    Words that stand in both over and over cost their product, again for every match: seconds for one page of "a b a b".
    """

    def __init__(self, old: Sequence[Hashable], new: Sequence[Hashable]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._cost = [0, *accumulate(1 + len(self.b2j.get(word, ())) for word in old)]  # type: ignore[attr-defined]
        self._left = MOST_WORK

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        cost = self._cost[ahi if ahi is not None else -1] - self._cost[alo]
        if cost > self._left:
            return Match(alo, blo, 0)
        self._left -= cost
        return super().find_longest_match(alo, ahi, blo, bhi)


def _changes(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[Change]:
    """The opcodes that lead from one to the other; what they begin and end with alike is never compared at a cost."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    left, right = len(old) - tail, len(new) - tail
    yield "equal", 0, head, 0, head
    for kind, start, end, since, until in _Bounded(old[head:left], new[head:right]).get_opcodes():
        yield kind, start + head, end + head, since + head, until + head
    yield "equal", left, len(old), right, len(new)


def _alike(old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, start, end, since, until in _changes([_key(word) for word in old], [_key(word) for word in new]):
        if kind == "equal":
            yield "same", "".join(new[since:until])
        else:
            yield "cut", "".join(old[start:end])
            yield "add", "".join(new[since:until])


def _spaced(pieces: list[Piece]) -> Iterator[Piece]:
    """A piece that ends without a space gets one, so that it does not run into what follows."""
    for place, (kind, text) in enumerate(pieces, start=1):
        yield kind, text if place == len(pieces) or text[-1].isspace() else text + " "
