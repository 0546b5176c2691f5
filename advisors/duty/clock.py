"""Moments as people type and read them: on the service's own clock, whose hour may be missing or come twice."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms

from askpeer import calendars
from askpeer.errors import Refused

FORMAT = "%Y-%m-%dT%H:%M"  # as a browser's own field for a moment has it
_WALL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
UNREADABLE = "Write the day and time like 2027-02-28T14:30."


def moment(wall: datetime) -> datetime:
    """The moment in UTC of a wall time without a zone. Raises Refused on the nights when the clocks change."""
    zone = calendars.current().zone
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != wall:
        raise Refused("The clocks go forward that night and this time is left out. Choose one an hour later.")
    if first != second:
        raise Refused("The clocks go back that night and this time comes twice. Choose one outside that hour.")
    return first


def said(at: datetime) -> str:
    """Thu 19 Nov, 18:00"""
    local = calendars.current().local(at)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


class MomentField(forms.Field):
    """A day and a time on the service's own clock; its value is the moment in UTC."""

    widget = forms.DateTimeInput(format=FORMAT, attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return moment(_wall(value))
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None
        except (ValueError, OverflowError):
            raise forms.ValidationError(UNREADABLE) from None

    def prepare_value(self, value: Any) -> Any:
        """What was typed, as it was; a moment, as the browser's field wants it."""
        return f"{calendars.current().local(value):{FORMAT}}" if isinstance(value, datetime) else value


def _wall(value: str) -> datetime:
    if not _WALL.fullmatch(value.strip()):
        raise ValueError("no wall time")
    return datetime.fromisoformat(value.strip()).replace(second=0)
