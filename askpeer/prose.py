"""Text: the canonical form and its digest, Markdown to safe HTML, and reading age.

Rendered once, when a wording is approved: markdown-it with HTML off, then bleach's allow-list, then nh3 as the
maintained last word. Raw text is never passed through a sanitiser; templates escape it.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

import bleach
import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from askpeer import lookalikes
from askpeer.errors import Refused

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "a"}
LONGEST = 20_000
# Controls that reorder or hide what a reader sees, and letters that look like a blank and are none. The zero-width
# joiners stay: emoji and several scripts need them.
_INVISIBLE = re.compile(
    "[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\u115f\u1160\u2800\u3164\uffa0]"
)


def canonical(text: str) -> str:
    """The one form of a text that is stored, compared and signed: NFC, LF, no invisible controls, no trailing blanks.

    Raises Refused for a NUL or half a surrogate pair, which no keyboard types and no database keeps.
    """
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused(_("There is a character in your text that we cannot store. Try typing that part again."))
    lines = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in lines)).strip()


def listed(words: Iterable[str], *, joint: str = "and") -> str:
    """In a sentence for staff: "", "a", "a and b", "a, b and c"."""
    *first, last = [*words] or [""]
    return f"{', '.join(first)} {joint} {last}" if first else last


def digest(text: str, *, key: bytes) -> bytes:
    """HMAC-SHA256 of the canonical text under the question's key: it proves a wording and dies with the key."""
    return hmac.digest(key, b"wording\0" + canonical(text).encode(), "sha256")


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20})
    return parser.disable(["image", "html_block", "html_inline", "code", "fence", "hr"])


def _https_only(tag: str, name: str, value: str) -> bool:
    if tag != "a" or name != "href":
        return False
    try:
        address = urlsplit(value)
    except ValueError:
        return False
    return address.scheme == "https" and bool(address.hostname) and not address.username


def render(markdown: str) -> str:
    """Safe HTML of an approved wording. Raises Refused above 20,000 characters."""
    if len(markdown) > LONGEST:
        raise Refused(f"An answer can have {LONGEST:,} characters at most. This one has {len(markdown):,}.")
    html = _markdown().render(canonical(markdown)).replace("<h1>", "<h3>").replace("</h1>", "</h3>")
    html = html.replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    allowed = bleach.clean(html, tags=TAGS, attributes=_https_only, protocols={"https"}, strip=True)
    return nh3.clean(
        allowed, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https"}, link_rel="noopener noreferrer"
    )


def as_read(markdown: str) -> str:
    """What a reader of the rendered text sees, as plain text, and below it where its links lead.

    Letters in their usual form, without characters that nobody sees. For checks alone; text past 20,000 characters is
    not read.
    """
    blocks = [block.children or [] for block in _markdown().parse(canonical(markdown)[:LONGEST])]
    links = [str(token.attrs["href"]) for tokens in blocks for token in tokens if token.type == "link_open"]
    lines = ["".join(map(_shown, tokens)) for tokens in blocks if tokens]
    return lookalikes.seen("\n".join([*lines, *map(_markdown().normalizeLinkText, dict.fromkeys(links))]))


def _shown(token: Token) -> str:
    return "\n" if token.type in {"softbreak", "hardbreak"} else token.content


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def reading_age(text: str) -> float:
    """Flesch–Kincaid grade plus five years, one decimal; 0 for a text without words.

    Source: Kincaid et al., Navy Research Branch Report 8-75 (1975): 0.39 words/sentence + 11.8 syllables/word − 15.59.
    """
    plain = re.sub(r"https?://\S{1,500}|[*_>#\[\]()]", " ", text[:LONGEST]).lower()
    words = re.findall(r"[a-z']+", plain)
    if not words:
        return 0.0
    sentences = max(1, len(re.findall(r"[.!?]+(?:\s|$)|\n\s*\n", plain.strip() + "\n")))
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return round(max(5.0, grade + 5), 1)
