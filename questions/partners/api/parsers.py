"""JSON that cannot hurt: length, depth and parts are capped before it is parsed, and what is ambiguous is refused."""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from questions.partners.api.problems import KINDS, Problem

DEEPEST = 32
MOST = 2000  # strings, brackets and commas: the longest body that says something has a tenth of that
# A string runs to its closing quote or to the end of the text, so the scan never starts the same stretch twice.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)|[\[{]|[\]}]|,', re.DOTALL)


class BoundedJSONParser(BaseParser):
    """UTF-8 JSON of at most 1 MiB, 32 levels and 2,000 parts. Raises ParseError with a sentence, Problem too-large."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise Problem("too-large", KINDS["too-large"].remedy)
        return load(raw)


def load(raw: bytes) -> Any:
    """What this JSON says. Raises ParseError."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise ParseError("The body is not UTF-8 text.") from None
    _check_size(text)
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_constant)
    except ValueError:
        raise ParseError("The body is not valid JSON.") from None
    _check_characters(found)
    return found


def _check_size(text: str) -> None:
    depth = 0
    for number, token in enumerate(_TOKENS.finditer(text), 1):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        if depth > DEEPEST:
            raise ParseError(f"The body is nested more than {DEEPEST} levels deep.")
        if number > MOST:
            raise ParseError(f"The body has more than {MOST:,} parts.")


def _check_characters(found: Any) -> None:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ParseError("The body holds half a surrogate pair, which is no character.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("A field stands twice in the same object.")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ParseError("A number is too large.")
    return number


def _constant(name: str) -> float:
    raise ParseError("NaN and Infinity are not JSON.")
