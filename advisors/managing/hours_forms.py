"""What the pages of the hours send. Each names the version of the hours that its page was made from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django import forms

from advisors import fields
from advisors.managing import hours, hours_said
from askpeer import prose, scheduling
from askpeer.errors import Refused
from askpeer.models import OpeningWindow
from askpeer.scheduling import Plan, Window
from questions.models import Round

T = TypeVar("T")
REASON = 120  # characters
SPANS = 3  # windows a day, and more where there are more already
WHYS = [(why.value, why.label) for why in hours.AHEAD]
OLD = "Look at the hours as they are now, then try again."
BOTH = "{day}: write both times of a window, or leave both empty."
PARTS = "{} has the parts {}. Use one of these codes, or leave it empty."
NO_PARTS = "We know no parts of {} with holidays of their own. Leave it empty."
ORDER = "{day}: a window has to close after it opens. Midnight at the end of a day is 00:00."


@dataclass(frozen=True)
class Span:
    """One window of a day: when it opens and when it closes."""

    opens: forms.BoundField
    closes: forms.BoundField

    @property
    def is_used(self) -> bool:
        return any(one.value() or one.errors for one in (self.opens, self.closes))


@dataclass(frozen=True)
class Day:
    """A weekday's windows: the first, and those that stand folded away until they are wanted."""

    label: str
    first: Span
    more: list[Span]

    @property
    def is_split(self) -> bool:
        return any(span.is_used for span in self.more)


def _version() -> forms.IntegerField:
    field = fields.number()
    field.error_messages |= dict.fromkeys(("required", "invalid", "min_value", "max_value"), OLD)
    return field


class HoursForm(forms.Form):
    """A change of the present plan on a day, of which its version is the one that the page was made from."""

    version = _version()
    redate = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, present: Plan, today: date, **kwargs: Any) -> None:
        self.present, self.today = present, today
        super().__init__(*args, **kwargs)

    def plan(self) -> Plan:
        """The plan that was typed. Raises Refused, Stale."""
        raise NotImplementedError

    def kept(self) -> list[forms.BoundField]:
        """What the next page sends along, so that nothing typed is lost on the way."""
        return [self[name] for name in self.fields if name != "redate"]


def _valid(rule: Callable[[str], T], typed: str) -> T:
    """What a rule of a floor below makes of this; its sentence stands with the field."""
    try:
        return rule(typed)
    except Refused as refusal:
        raise forms.ValidationError(str(refusal)) from None


def _why(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=WHYS,
        initial=Round.Why.CLOSED,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason.", "invalid_choice": "Choose a reason from the list."},
    )


class WeekForm(HoursForm):
    """The whole week, and on whose clock and holidays it runs."""

    time_zone = forms.CharField(
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        error_messages={"required": "Name the time zone.", **fields.too_long(64)},
    )
    country = forms.ChoiceField(
        label="Whose public holidays are we closed on?",
        required=False,
        choices=lambda: [("", "Nobody's: we work on public holidays"), *hours_said.countries().items()],
        error_messages={"invalid_choice": "Choose a country from the list."},
    )
    subdivision = forms.CharField(
        label="Part of the country", max_length=8, required=False, error_messages=fields.too_long(8)
    )
    why = _why("If a promise has to move, what do we tell who asked?")

    def __init__(self, *args: Any, present: Plan, **kwargs: Any) -> None:
        initial = {name: getattr(present, name) for name in ("time_zone", "country", "subdivision")}
        super().__init__(*args, present=present, initial=initial | _typed(present), **kwargs)
        self.spans = max(SPANS, *(sum(one[0] == day for one in present.windows) for day in OpeningWindow.Day))
        for day in OpeningWindow.Day:
            for number in range(self.spans):
                self.fields |= {f"{edge}_{day}_{number}": _time(day.label, edge) for edge in ("opens", "closes")}

    def days(self) -> list[Day]:
        return [Day(day.label, *_split(self._spans(day))) for day in OpeningWindow.Day]

    def _spans(self, day: int) -> list[Span]:
        return [Span(self[f"opens_{day}_{number}"], self[f"closes_{day}_{number}"]) for number in range(self.spans)]

    def clean_time_zone(self) -> str:
        _valid(scheduling.check_zone, self.cleaned_data["time_zone"])
        return self.cleaned_data["time_zone"]

    def clean_subdivision(self) -> str:
        part, country = self.cleaned_data["subdivision"], self.cleaned_data.get("country")
        known = hours_said.parts(country or "")
        if not part or not country or part in known:
            return part
        if known:
            raise forms.ValidationError(PARTS.format(hours_said.countries()[country], ", ".join(known)))
        raise forms.ValidationError(NO_PARTS.format(hours_said.countries()[country]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["windows"] = tuple(self._windows(cleaned))
        return cleaned

    def _windows(self, cleaned: dict[str, Any]) -> Iterator[Window]:
        for day in OpeningWindow.Day:
            for span in self._spans(day):
                if span.opens.errors or span.closes.errors:
                    continue
                opens, closes = cleaned.get(span.opens.name), cleaned.get(span.closes.name)
                if opens is None and closes is None:
                    continue
                if opens is None or closes is None:
                    self.add_error((span.opens if opens is None else span.closes).name, BOTH.format(day=day.label))
                elif closes <= opens and closes != time(0):
                    self.add_error(span.closes.name, ORDER.format(day=day.label))
                else:
                    yield day.value, opens, closes

    def plan(self) -> Plan:
        given = {name: self.cleaned_data[name] for name in ("time_zone", "country", "subdivision", "windows")}
        return hours.week(self.present, Plan(**given), today=self.today)


def _typed(plan: Plan) -> dict[str, str]:
    """A plan's windows as the fields of the week have them."""
    found: dict[str, str] = {}
    for day in OpeningWindow.Day:
        edges = [(opens, closes) for on, opens, closes in plan.windows if on == day]
        for number, (opens, closes) in enumerate(edges):
            found |= {f"opens_{day}_{number}": f"{opens:%H:%M}", f"closes_{day}_{number}": f"{closes:%H:%M}"}
    return found


def _time(day: str, edge: str) -> forms.TimeField:
    return forms.TimeField(
        label=edge.capitalize(),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": f"{day}: write the time like 09:30."},
    )


def _split(spans: list[Span]) -> tuple[Span, list[Span]]:
    return spans[0], spans[1:]


@cache
def zones() -> list[str]:
    """The time zones to choose from by their city; any other IANA name can be typed."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


class CloseForm(HoursForm):
    """Some days on which we are closed."""

    first_day = fields.day("First day", missing="Choose the first day.")
    last_day = fields.day("Last day", missing="Choose the last day.")
    reason = fields.text("What for", REASON, required=False, long=False)
    why = _why("What do we tell who asked?")

    def clean_reason(self) -> str:
        reason = _valid(prose.canonical, self.cleaned_data["reason"])
        if len(reason) > REASON:  # some letters are two in the form that is kept
            raise forms.ValidationError(f"This can have {REASON} characters at most. It has {len(reason)}.")
        return reason

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day has to be the first day or later.")
        return cleaned

    def plan(self) -> Plan:
        first, last, reason = (self.cleaned_data[name] for name in ("first_day", "last_day", "reason"))
        return hours.closing(self.present, first=first, last=last, reason=reason, today=self.today)


class OpenForm(HoursForm):
    """Days that were to be closed, and are open again."""

    first_day = fields.day("First day", missing="Choose a closure from the list.")
    last_day = fields.day("Last day", missing="Choose a closure from the list.")

    def plan(self) -> Plan:
        first, last = (self.cleaned_data[name] for name in ("first_day", "last_day"))
        return hours.opening(self.present, first=first, last=last, today=self.today)
