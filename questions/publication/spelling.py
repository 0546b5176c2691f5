"""Mends misspelt words by the library's own: topics' keywords and what is published."""

import difflib
import time
from collections import defaultdict

from questions.models import Topic
from questions.publication import terms
from questions.publication.models import Publication

KEPT_SECONDS = 60
MOST_WORDS = 20_000
MOST_PUBLICATIONS = 500
MENDED = 6  # words of one search; each costs a comparison with a few hundred others
SHORTEST = 4
ALIKE = 0.8  # at 0.7 Dutch becomes English: "eten" then, "dood" door, "scheiding" checking
Vocabulary = dict[str, list[str]]
_kept: dict[str, tuple[float, frozenset[str], Vocabulary]] = {}


def mend(asked: list[str]) -> list[str]:
    """The same words, the unknown ones replaced by the nearest known word where there is one."""
    known, by_initial = _vocabulary()
    unknown = [word for word in asked if word not in known and len(word) >= SHORTEST][:MENDED]
    mended = {word: _nearest(word, by_initial) for word in unknown}
    return list(dict.fromkeys(mended.get(word, word) for word in asked))


def is_one_guess(asked: list[str], mended: list[str]) -> bool:
    """Whether all that the library knows of a search is one word that was mended: too little to list answers by."""
    known, _by = _vocabulary()
    found = [word for word in mended if word in known]
    return len(found) == 1 and found[0] not in asked


def forget(**signal: object) -> None:
    """Read the vocabulary anew at the next use."""
    _kept.clear()


def _nearest(word: str, by_initial: Vocabulary) -> str:
    """Only words of about the same length that begin alike, the first two letters swapped or not; the same letters in
    another order are near in a short word too."""
    near = {other for initial in set(word[:2]) for other in by_initial.get(initial, ())}
    alike = sorted(other for other in near if abs(len(other) - len(word)) <= 2)
    swapped = (other for other in alike if sorted(other) == sorted(word))
    return next(iter(difflib.get_close_matches(word, alike, n=1, cutoff=ALIKE)), None) or next(swapped, word)


def _vocabulary() -> tuple[frozenset[str], Vocabulary]:
    kept = _kept.get("words")
    if kept is None or time.monotonic() > kept[0]:
        known = frozenset(_read())
        kept = _kept["words"] = (time.monotonic() + KEPT_SECONDS, known, _by_initial(known))
    return kept[1], kept[2]


def _read() -> list[str]:
    """Topics' words first, then those of the newest answers; 20,000 different ones at most."""
    texts = [" ".join([topic.label, *topic.keywords]) for topic in Topic.objects.all()]
    shown = Publication.objects.filter(status=Publication.Status.PUBLISHED, hidden_at=None)
    for title, keywords, question, answer in shown.values_list("title", "keywords", "question_text", "answer_text")[
        :MOST_PUBLICATIONS
    ]:
        texts.append(" ".join([title, *keywords, question, answer]))
    return list(dict.fromkeys(term for text in texts for term in terms.every(text)))[:MOST_WORDS]


def _by_initial(known: frozenset[str]) -> Vocabulary:
    """What words are mended into: never into one that tells no answer from another."""
    found: Vocabulary = defaultdict(list)
    for word in known - terms.COMMON:
        if len(word) >= SHORTEST:
            found[word[0]].append(word)
    return dict(found)
