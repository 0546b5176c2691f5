"""The week's round: one prompt that everybody may answer once, in turn by the week."""

import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from questions import holding

_PROMPTS = Path(__file__).parent / "data" / "rounds.toml"


@cache
def prompts() -> tuple[str, ...]:
    return tuple(tomllib.loads(_PROMPTS.read_text())["prompts"])


def week(now: datetime) -> date:
    """The Monday of this week on the service's own clock."""
    today = holding.today(now)
    return today - timedelta(days=today.weekday())


def prompt(monday: date) -> str:
    """What is asked in the week of this Monday: each prompt comes round again after all the others."""
    return prompts()[monday.toordinal() // 7 % len(prompts())]
