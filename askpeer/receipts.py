"""The receipt: six words that open a question and nothing else does.

Drawn with `secrets` from the list in data/words.txt (the EFF long list, screened; CC BY 3.0 US, see its notice). Six of
7,000 words are 76 bits, so a keyed digest is enough: a slow hash would only make a slow form. The words themselves are
kept nowhere in the clear.
"""

import difflib
import hmac
import re
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from django.conf import settings

WORDS = 6
LONGEST_INPUT = 300
_LIST = Path(__file__).parent / "data" / "words.txt"


@cache
def word_list() -> tuple[str, ...]:
    return tuple(_LIST.read_text().split())


@cache
def _known() -> frozenset[str]:
    return frozenset(word_list())


def draw() -> str:
    """A new receipt: six words with single spaces between them."""
    return " ".join(secrets.choice(word_list()) for _ in range(WORDS))


def normalise(typed: str) -> str:
    """The words as drawn, from any case, with spaces, hyphens, commas or line breaks between; order is kept."""
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_INPUT]).casefold()
    return " ".join(re.findall(r"[a-z]+", plain))


def is_receipt(typed: str) -> bool:
    """Whether this could be a receipt: six words of the list. Says nothing about whether it opens anything."""
    words = normalise(typed).split()
    return len(words) == WORDS and all(word in _known() for word in words)


def digest(typed: str) -> bytes:
    """HMAC-SHA256 of the normalised words under the receipts' pepper: what the database keeps, 32 bytes."""
    return hmac.digest(settings.RECEIPT_PEPPER, b"receipt\0" + normalise(typed).encode(), "sha256")


def withdrawal_digest(receipt_digest: bytes) -> bytes:
    """A second digest, made of the first under the pepper: it outlives the question on what was published from it."""
    return hmac.digest(settings.RECEIPT_PEPPER, b"withdrawal\0" + bytes(receipt_digest), "sha256")


def miscounted(typed: str) -> int:
    """How many words were typed, 0 where they are six: it tells nothing that the typist does not know."""
    count = len(normalise(typed).split())
    return 0 if count == WORDS else count


def suggestions(typed: str) -> dict[str, str]:
    """For each typed word that is not on the public list, the nearest one that is."""
    unknown = [word for word in normalise(typed).split()[:WORDS] if word not in _known()]
    near = {word: difflib.get_close_matches(word, word_list(), n=1, cutoff=0.7) for word in unknown}
    return {word: found[0] for word, found in near.items() if found}
