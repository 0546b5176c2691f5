"""The words of a text as search compares them: lower case, without accents, apostrophes and signs."""

import re
import unicodedata

LONGEST = 20_000
LONGEST_TERM = 40
# Too common to tell one answer from another. Words that carry a feeling ("not", "no", "alone", "down") are not here.
# fmt: off
COMMON = frozenset({
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "being", "but", "by", "can", "cant",
    "could", "did", "do", "does", "doing", "dont", "for", "from", "get", "got", "had", "has", "have", "having", "he",
    "her", "him", "his", "how", "i", "id", "if", "im", "in", "into", "is", "it", "its", "ive", "just", "me", "more",
    "my", "of", "on", "or", "our", "she", "should", "so", "some", "than", "that", "the", "their", "them", "then",
    "there", "they", "this", "to", "too", "very", "was", "we", "were", "what", "when", "where", "which", "who", "why",
    "will", "with", "would", "you", "your",
})
# Said in nearly every question, so that sharing them makes no two questions alike; English, then Dutch.
FILLING = COMMON | frozenset({
    "after", "again", "always", "anyone", "anything", "because", "before", "cos", "day", "days", "else", "even", "ever",
    "every", "everyone", "everything", "feel", "feeling", "feels", "felt", "getting", "go", "goes", "going", "help",
    "keep", "keeps", "kind", "know", "let", "like", "lot", "made", "make", "makes", "maybe", "much", "never", "no",
    "nobody", "not", "nothing", "now", "off", "ok", "okay", "one", "only", "other", "out", "over", "people", "please",
    "really", "said", "say", "says", "see", "someone", "something", "start", "started", "still", "stop", "stopped",
    "tell", "theyre",
    "thing", "things", "think", "time", "told", "try", "up", "us", "want", "wants", "way", "went", "whats", "year",
    "years", "dat", "de", "deze", "dit", "een", "en", "er", "gaan", "gaat", "haar", "heb", "hebben", "heeft", "het",
    "hij", "hoe", "iets", "ik", "is", "je", "kan", "maar", "mijn", "moet", "naar", "niet", "nog", "nu", "om", "ook",
    "op", "te", "van", "veel", "voel", "voor", "waar", "wat", "weet", "wel", "wie", "wil", "ze", "zegt", "zich", "zijn",
    "zo",
})
# fmt: on


def plain(text: str) -> str:
    """Terms with single spaces between them, in the order of the text."""
    return " ".join(every(text))


def every(text: str) -> list[str]:
    """Each term of a text, repeats and common words included."""
    folded = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c) and c not in "'’‘`´")
    return [term[:LONGEST_TERM] for term in re.findall(r"[^\W_]+", bare)]


def telling(text: str, *, most: int) -> list[str]:
    """The first `most` different terms that are not common words; common ones only where there is nothing else."""
    different = list(dict.fromkeys(every(text)))
    return ([term for term in different if term not in COMMON] or different)[:most]


def roots(text: str) -> frozenset[str]:
    """The meaningful words of a text without their endings, so that cries, cried and crying are one."""
    return frozenset(_root(term) for term in every(text) if len(term) > 1) - _FILLING_ROOTS


def _root(term: str) -> str:
    """The start of an English word that its other forms share; a short word stays whole."""
    bare = re.sub(r"(ing|ed|es|s|e)$", "", re.sub(r"(ies|ied)$", "y", term))
    bare = re.sub(r"([b-df-hj-np-tv-z])\1$", r"\1", bare)
    return bare if len(bare) > 2 else term


_FILLING_ROOTS = frozenset(_root(word) for word in FILLING)
