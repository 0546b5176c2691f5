"""The blocks of docs/running.md, by the name that stands behind the word bash."""

from pathlib import Path

from django.conf import settings
from markdown_it import MarkdownIt

GUIDE = Path(settings.BASE_DIR) / "docs" / "running.md"
UNITS = GUIDE.parent / "units"


def fences():
    """[(language, name, text)] of every block, in the guide's order."""
    tokens = MarkdownIt("commonmark").parse(GUIDE.read_text())
    found = [token for token in tokens if token.type in {"fence", "code_block"}]
    named = [([*token.info.split(), "", ""], token.content) for token in found]
    return [(words[0], words[1], text) for words, text in named]


def blocks():
    """{name: text} of what is typed into a shell."""
    return {name: text for language, name, text in fences() if language == "bash"}
