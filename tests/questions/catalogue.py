"""Reads a catalogue of translations, and what the code and the templates ask of it, without gettext's own tools."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

FLOORS = ("askpeer", "questions", "advisors", "config")
CALLS = {"_", "gettext", "gettext_lazy"}
FOLDER = settings.BASE_DIR / "questions" / "locale" / "nl" / "LC_MESSAGES"
_STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_ASKED = re.compile(rf"(?:gettext|_)\(({_STRING})(?:, ({_STRING}), count)?\)")


@dataclass(frozen=True)
class Entry:
    """One message: its flags, the English (plural "" where there is none) and the Dutch forms."""

    flags: str
    english: str
    plural: str
    dutch: tuple[str, ...]


def entries() -> list[Entry]:
    """The messages of the Dutch .po file; its header first, under the English text ""."""
    return [_entry(block) for block in (FOLDER / "django.po").read_text().strip().split("\n\n")]


def _entry(block: str) -> Entry:
    found: dict[str, str] = {}
    key = flags = ""
    for line in block.splitlines():
        if line.startswith("#"):
            flags += line
            continue
        name, quote, rest = line.partition('"')
        key = name.strip() or key
        found[key] = found.get(key, "") + ast.literal_eval(quote + rest)
    forms = tuple(text for name, text in found.items() if name.startswith("msgstr"))
    return Entry(flags, found["msgid"], found.get("msgid_plural", ""), forms)


def asked_for() -> set[tuple[str, str]]:
    """(text, plural) of every message that the code and the templates ask a translation of."""
    code = [path for floor in FLOORS for path in (settings.BASE_DIR / floor).rglob("*.py")]
    pages = [path for path in (settings.BASE_DIR / "templates").rglob("*.*") if path.suffix in {".html", ".txt"}]
    return {(text, "") for path in code for text in _in_code(path)} | {
        pair for path in pages for pair in _in_page(path)
    }


def _in_code(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and node.args]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in CALLS]
    return [text.value for text in named if isinstance(text, ast.Constant)]


def _in_page(path: Path) -> list[tuple[str, str]]:
    found = _ASKED.findall(templatize(path.read_text()))
    return [(ast.literal_eval(text), ast.literal_eval(plural) if plural else "") for text, plural in found]
