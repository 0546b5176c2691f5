"""The training's material: three tracks of short units, in data/training/*.toml, a file each. No row of anybody's."""

import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from advisors.team.models import Training

_DATA = Path(__file__).with_name("data") / "training"
Track = Training.Track


class Unit(NamedTuple):
    """One short lesson with its practice question.

    text, question, task and model are Markdown. question: an invented young person's words, or a moment at the desk.
    asks: an "answer" to them, or a "judgement" in a few sentences; task says it. look_for: what a reviewer looks at.
    """

    track: Track
    slug: str
    title: str
    asks: str
    text: str
    question: str
    task: str
    model: str
    look_for: tuple[str, ...]


class Course(NamedTuple):
    """A track: what it is for, and its units in their order."""

    track: Track
    about: str
    units: tuple[Unit, ...]

    @property
    def last(self) -> Unit:
        """The unit that is answered anew to renew the track."""
        return self.units[-1]


@cache
def courses() -> tuple[Course, ...]:
    """The three tracks in their order."""
    return tuple(map(_read, Track))


def course(track: str) -> Course:
    """ValueError for a track there is not."""
    return {one.track: one for one in courses()}[Track(track)]


def find(track: str, slug: str) -> Unit | None:
    """The unit of this address, or None."""
    return _by_name().get((track, slug))


def following(unit: Unit) -> Unit | None:
    """The next unit of its track; None after the last."""
    units = course(unit.track).units
    return dict(pairwise(units)).get(unit)


@cache
def _by_name() -> dict[tuple[str, str], Unit]:
    return {(unit.track.value, unit.slug): unit for one in courses() for unit in one.units}


def _read(track: Track) -> Course:
    kept = tomllib.loads((_DATA / f"{track.value}.toml").read_text(encoding="utf-8"))
    return Course(track, kept["about"].strip(), tuple(_unit(track, row) for row in kept["unit"]))


def _unit(track: Track, row: dict[str, Any]) -> Unit:
    words = {name: row[name].strip() for name in ("slug", "title", "asks", "text", "question", "task", "model")}
    return Unit(track=track, look_for=tuple(row["look_for"]), **words)
