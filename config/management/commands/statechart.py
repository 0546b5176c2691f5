"""Prints the table of moves as a Mermaid diagram; docs/statechart.md carries it."""

from typing import Any

from django.core.management.base import BaseCommand

from questions import states


def diagram() -> str:
    lines = ["stateDiagram-v2", f"    [*] --> {states.NEW}"]
    for (start, end), roles in states.MOVES.items():
        if end != states.WITHDRAWN:
            lines.append(f"    {start} --> {end} : {', '.join(sorted(roles))}")
    lines += [f"    {start} --> {states.WITHDRAWN}" for start, end in states.MOVES if end == states.WITHDRAWN]
    return "\n".join([*lines, f"    {states.WITHDRAWN} --> [*]"])


class Command(BaseCommand):
    help = "Print the statuses and moves as a Mermaid state diagram."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram())
