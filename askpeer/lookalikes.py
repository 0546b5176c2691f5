"""Text as it is compared: accents, invisible characters and look-alike letters make no difference.

Never stored and never shown: a place in it is led back to the place in the text itself.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

LONGEST_FORM = 3  # "ﬃ" is "ffi"; one that stands for a whole sentence stays what it is

# Default_Ignorable_Code_Point of the Unicode Character Database: what no reader sees.
_UNSEEN = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_NOTHING = dict.fromkeys(code for first, last in _UNSEEN for code in range(first, last + 1))
# Letters of Cyrillic, Greek and phonetic script that look like Latin ones.
_ALIKE = str.maketrans(
    "авекмнорстухіјѕһԁԛԝѵӏАВЕКМНОРСТУХІЈЅԚԜѴӀαεηικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɡɑ",
    "aBekmHopctyxijshdqwvlABEKMHOPCTYXIJSQWVIaenikvoptuxyABEZHIKMNOPTYXiga",
)


class Folded(NamedTuple):
    """A text as it is compared, and for each of its characters the place in the text it came from, and the end."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where this range stands in the text itself, with what is invisible behind it."""
        return self.places[start], max(self.places[end], self.places[end - 1] + 1)


def fold(text: str) -> Folded:
    """The text as it is compared. Case stays."""
    if text.isascii():
        return Folded(text, range(len(text) + 1))
    forms = [_form(character) for character in text]
    places = [place for place, form in enumerate(forms) for _ in form]
    return Folded("".join(forms), [*places, len(text)])


def seen(text: str) -> str:
    """The text without what no reader sees, letters in their usual form (NFKC), so that it never grows."""
    return text if text.isascii() else "".join(map(_usual, text))


@lru_cache(maxsize=4096)
def _usual(character: str) -> str:
    form = unicodedata.normalize("NFKC", character).translate(_NOTHING)
    return form if len(form) <= 1 else character


@lru_cache(maxsize=4096)
def _form(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character).translate(_NOTHING)
    bare = "".join(one for one in plain if not unicodedata.category(one).startswith("M")).translate(_ALIKE)
    return bare if len(bare) <= LONGEST_FORM else character
