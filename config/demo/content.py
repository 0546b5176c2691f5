"""The demo's words: one TOML file each, beside this one."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def rows(name: str, of: str) -> list[dict[str, Any]]:
    """The tables called `of` in name.toml, e.g. rows("topics", of="topic")."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())[of]
