"""The page docs/start/: docs/api.md, read in the repository, as a page of the service with its own address in it.

It is our own text and travels with the code, so it does not go through askpeer/prose.py: that allow-list is for what
people write, and lets no code, no table and no link within the service through. HTML stays off all the same.
"""

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

WRITTEN_FOR = "http://localhost:8000"
LANGUAGES = {"sh": "Shell", "python": "Python", "js": "JavaScript"}
OTHERS = {"html": "HTML", "json": "JSON"}
SHARED = " shared"  # behind the language of a block that every language needs
TITLE = 3  # tokens: it opens, what it says, it closes


class Heading(NamedTuple):
    """A section of the guide: the anchor of its heading, and what that says."""

    anchor: str
    text: str


class Guide(NamedTuple):
    """The guide: its title and sections; in HTML what stands before those, before the examples, and from there on."""

    title: str
    contents: list[Heading]
    opening: SafeString
    ways: SafeString
    examples: SafeString


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """404 in a checkout without docs/: nobody who asks or answers needs it, so nothing else waits for it."""
    try:
        found = guide(settings.BASE_DIR / "docs" / "api.md", settings.SITE_URL)
    except FileNotFoundError:
        raise Http404 from None
    with translation.override("en"):
        return render(request, "partners/start.html", {"guide": found, "languages": LANGUAGES})


@cache
def guide(path: Path, site_url: str) -> Guide:
    """The guide for a service at this address, rendered once. Raises FileNotFoundError."""
    parser = _parser()
    tokens = parser.parse(path.read_text(encoding="utf-8").replace(WRITTEN_FOR, site_url))
    contents = _name(tokens)
    first = next(place for place, token in enumerate(tokens) if token.tag == "h2")
    ready = _where_examples_begin(tokens)
    opening, ways, examples = (
        mark_safe(parser.renderer.render(some, parser.options, {}))  # nosec B308 B703
        for some in (tokens[TITLE:first], tokens[first:ready], tokens[ready:])
    )
    return Guide(tokens[1].content, contents, opening, ways, examples)


def _where_examples_begin(tokens: list[Token]) -> int:
    """Below what is said of the languages: the second paragraph of the section that has the shared block."""
    shared = next(place for place, token in enumerate(tokens) if token.info.endswith(SHARED))
    heading = max(place for place in range(shared) if tokens[place].tag == "h2" and tokens[place].nesting == 1)
    paragraphs = [place for place in range(heading, shared) if tokens[place].type == "paragraph_open"]
    return paragraphs[1]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    for rule, made in {"fence": _fence, "table_open": _table_open, "table_close": _table_close}.items():
        parser.add_render_rule(rule, made)
    return parser


def _name(tokens: list[Token]) -> list[Heading]:
    """Give each section's heading its anchor, and each table the name of its section; return the headings."""
    contents: list[Heading] = []
    for token, inside in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            contents.append(Heading(slugify(inside.content), inside.content))
            token.attrSet("id", contents[-1].anchor)
        elif token.type == "table_open":
            token.meta["section"] = contents[-1].text
    return contents


def _fence(renderer: object, tokens: list[Token], at: int, options: object, env: object) -> str:
    """A block of code with its language above it. One that every language needs has no class to be hidden by."""
    language = tokens[at].info.removesuffix(SHARED)
    name = (LANGUAGES | OTHERS)[language]
    return format_html(
        '<figure class="code{}"><figcaption>{}</figcaption>'
        '<pre role="group" aria-label="{}" tabindex="0"><code>{}</code></pre></figure>\n',
        "" if tokens[at].info.endswith(SHARED) else f" {language}",
        name,
        name,
        tokens[at].content,
    )


def _table_open(renderer: object, tokens: list[Token], at: int, options: object, env: object) -> str:
    name = tokens[at].meta["section"]
    return format_html('<div class="scroll" role="region" aria-label="{}" tabindex="0"><table>\n', name)


def _table_close(renderer: object, tokens: list[Token], at: int, options: object, env: object) -> str:
    return "</table></div>\n"
