"""The examples of docs/api.md as three scripts, run as they are written, each followed by a line that tells of it."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from markdown_it import MarkdownIt

from questions.partners.api.starting import WRITTEN_FOR

GUIDE = Path(settings.BASE_DIR) / "docs" / "api.md"
KEPT = ("asked", "again", "thread", "erased", "found", "answer")
WHERE = "export ASKPEER_URL="  # the block of the address and the key, which every language needs
TOOLS = {"sh": "sh", "js": "node"}

PYTHON = """
def told(check, case):
    try:
        return check(case["secret"], case["body"].encode(), case["headers"])
    except Exception as refusal:
        return type(refusal).__name__

cases = json.loads(os.environ["CASES"])
verdicts = [[told(check, case) for case in cases] for check in (verify, verify_by_package)]
print(json.dumps([{NAMES}, verdicts]))
"""
JS = """
const told = (one) => {
  try {
    return verify(one.secret, Buffer.from(one.body), one.headers);
  } catch (refusal) {
    return refusal.name;
  }
};
console.log(JSON.stringify([{NAMES}, [JSON.parse(process.env.CASES).map(told)]]));
"""


class Told(NamedTuple):
    """What one language's examples printed, what their variables held in the end, and what each check said of each
    webhook: the event, or the name of an error; in the shell whether it was taken.
    """

    printed: list[str]
    held: dict
    verdicts: list[list]


def fences():
    """Every block of code in the guide: its language, and its text."""
    tokens = MarkdownIt("commonmark").parse(GUIDE.read_text())
    return [(token.info.partition(" ")[0], token.content) for token in tokens if token.type in {"fence", "code_block"}]


def blocks(language):
    return [text for name, text in fences() if name == language]


def run(language, *, url, secret, webhooks):
    """The whole guide in one language against the service at this address, with a partner's key."""
    tool = sys.executable if language == "python" else shutil.which(TOOLS[language])
    if not tool:
        pytest.fail(f"{TOOLS[language]} is not here. On Debian: apt install nodejs.")
    (where,) = [text for text in blocks("sh") if text.startswith(WHERE)]
    inside = "\n".join(text for text in blocks(language) if text != where) + TAILS[language](webhooks)
    script = f"set -eu\n{where.replace(WRITTEN_FOR, url).replace('ap_…', secret)}"
    script += inside if language == "sh" else f'exec "$@" <<"END"\n{inside}\nEND\n'
    how = {"sh": [], "python": [tool, "-"], "js": [tool, "--input-type=module", "-"]}[language]
    done = subprocess.run(
        ["sh", "-c", script, "sh", *how],
        env={"PATH": os.environ["PATH"], "CASES": json.dumps(webhooks)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    *printed, last = done.stdout.splitlines()
    return Told(printed, *json.loads(last))


def _in_shell(webhooks):
    """The same line for sh, which has no lists: a call of its own for each webhook."""
    checks = [
        f"if printf '%s' {shlex.quote(one['body'])} | verify {' '.join(map(shlex.quote, _arguments(one)))}; "
        'then took="$took true"; else took="$took false"; fi'
        for one in webhooks
    ]
    held = ", ".join(f'"{name}": %s' for name in KEPT)
    values = " ".join(f'"${name.upper()}"' for name in KEPT)
    return "\n".join(
        ["", "took=", *checks, 'took=$(printf "%s" "${took# }" | tr " " ",")', _line(held, f'{values} "$took"')]
    )


def _line(held, values):
    return f"printf '[{{{held}}}, [[%s]]]\\n' {values}"


def _arguments(one):
    return one["secret"], *(one["headers"].get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))


TAILS = {
    "sh": _in_shell,
    "python": lambda webhooks: PYTHON.replace("NAMES", ", ".join(f'"{name}": {name}' for name in KEPT)),
    "js": lambda webhooks: JS.replace("NAMES", ", ".join(KEPT)),
}
