"""The training's material as one file, for other services to use. It is read from the material alone, no row of
anybody's."""

from typing import Any

from advisors.team import teaching
from advisors.team.teaching import Course, Unit

TITLE = "Training for peer advisors"
LICENCE = "MIT License. Copyright (c) 2026 askpeer contributors. Use it, change it and pass it on, with this line."
ABOUT = (
    "How young volunteers learn to answer other young people, and where their help ends. Every young person in it is "
    "invented. Let people write their own answer before they read the model answer."
)


def as_markdown() -> str:
    parts = [f"# {TITLE}", LICENCE, ABOUT, *(part for one in teaching.courses() for part in _course(one))]
    return "\n\n".join(parts) + "\n"


def as_data() -> dict[str, Any]:
    """The same for programs: {"title", "licence", "about", "tracks": [{"track", "title", "about", "units": […]}]}."""
    tracks = [
        {"track": one.track.value, "title": one.track.label, "about": one.about, "units": list(map(_data, one.units))}
        for one in teaching.courses()
    ]
    return {"title": TITLE, "licence": LICENCE, "about": ABOUT, "tracks": tracks}


def _course(course: Course) -> list[str]:
    return [f"## {course.track.label}", course.about, *(part for unit in course.units for part in _unit(unit))]


def _unit(unit: Unit) -> list[str]:
    quoted = "\n".join(f"> {line}".rstrip() for line in unit.question.splitlines())
    points = "\n".join(f"- {point}" for point in unit.look_for)
    parts = [f"### {unit.title}", unit.text, "#### Practice question", quoted, unit.task]
    return [*parts, "#### Model answer", unit.model, "#### What to look for", points]


def _data(unit: Unit) -> dict[str, Any]:
    return unit._asdict() | {"track": unit.track.value, "look_for": list(unit.look_for)}
