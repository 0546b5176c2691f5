"""Names that probably stand in a text: a word with a capital after who somebody is. For a person to look at, since much
that is no name can stand there too, and most names stand elsewhere.
"""

import re

from askpeer import details
from questions.publication import terms
from questions.publication.rarities import NO_PLACE

_KIN = (
    r"(?:boy|girl)?friends?|best(?:ie|ies)|mates?|sisters?|brothers?|cousins?|teachers?"
    r"|vriend(?:in(?:nen)?|en)?|zus(?:je|sen)?|broer(?:tje|s)?|neef|nicht(?:je)?|lief|leraar|lerares"
)
_TITLES = r"Miss|Mrs?\.?|Ms\.?|[Jj]uf(?:frouw)?|[Mm]eester|[Mm]eneer|[Mm]evrouw"
_ONE = r"(?!(?:I|Miss|Mrs?|Ms)\b)[A-ZÀ-ÖØ-Þ][^\W\d_]{0,30}(?:['’-][^\W\d_]{1,30})?"
_NAME = rf"{_ONE}(?: {_ONE})?"
_NO_NAMES = frozenset(
    {"mum", "mom", "mam", "dad", "mama", "papa", "because", "xbox", "maybe", "please", "sorry", "omg"}
)
_AFTER = re.compile(
    rf"\b(?:(?i:{_KIN})(?:,| called| named| is called)?|{_TITLES}) ({_NAME})(?: (?:and|en|&) ({_NAME}))?"
)


def names(text: str) -> list[str]:
    """What could be the names of others, in reading order; linear, as far as details are looked for."""
    found = [name for match in _AFTER.finditer(text[: details.LONGEST]) for name in match.groups() if name]
    small = set(re.findall(r"\b[a-zà-öø-þ]\w*", text[: details.LONGEST]))
    return [name for name in found if len(name) > 1 and not name.isupper() and not _is_common(name, small)]


def _is_common(name: str, small: set[str]) -> bool:
    """Whether it is a word of every day that only stands with a capital: it is written small too, or is no name."""
    word = name.casefold()
    return word in small or word in terms.COMMON or word in NO_PLACE or word in _NO_NAMES
