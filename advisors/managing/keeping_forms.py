"""What the page of the periods sends: both, and those that the page was made from."""

from typing import Any

from django import forms

from questions import keeping

WRONG = ("required", "invalid", "min_value", "max_value")


def _days(label: str, limits: tuple[int, int], hint: str) -> forms.IntegerField:
    least, most = limits
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=hint,
        widget=forms.TextInput,  # a browser's own number field loses what is no number
        error_messages=dict.fromkeys(WRONG, f"{label}: write a number of days from {least} to {most}."),
    )


def _was() -> forms.IntegerField:
    said = dict.fromkeys(WRONG, "Open this page again, then try once more.")
    return forms.IntegerField(min_value=1, max_value=32767, widget=forms.HiddenInput, error_messages=said)


class KeepingForm(forms.Form):
    close_days = _days("Days until a question closes", keeping.CLOSE_DAYS, "Counted from its last answer. 7 to 365.")
    erase_days = _days("Days until it is erased", keeping.ERASE_DAYS, "Counted from its closing. 30 to 730.")
    was_close, was_erase = _was(), _was()

    @classmethod
    def of(cls) -> "KeepingForm":
        return cls(initial=_as_it_is())

    def look_again(self) -> None:
        """What is typed is kept, and may be sent over what holds now: the page shows it."""
        sent: Any = self.data
        self.data = sent = sent.copy()
        for name, value in _as_it_is().items():
            if name.startswith("was_"):
                sent[name] = value

    def given(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in ("close_days", "erase_days")}

    def before(self) -> tuple[int, int]:
        return self.cleaned_data["was_close"], self.cleaned_data["was_erase"]


def _as_it_is() -> dict[str, int]:
    close_days, erase_days = keeping.days()
    return {"close_days": close_days, "erase_days": erase_days, "was_close": close_days, "was_erase": erase_days}
