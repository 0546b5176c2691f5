"""What staff forms are made of: boxes with their limits as sentences, and forms of which several stand on one page."""

from typing import Any

from django import forms

LARGEST = 2**31 - 1  # a version or number that a column holds


def too_long(limit: int) -> dict[str, str]:
    return {"max_length": f"This can have {limit:,} characters at most. It has %(show_value)s."}


def text(label: str, limit: int, *, required: bool = True, missing: str = "", long: bool = True) -> forms.CharField:
    """A box for words as they are typed, long ones or a line. missing is the sentence where it is empty."""
    messages = too_long(limit) | ({"required": missing} if missing else {})
    widget = forms.Textarea if long else forms.TextInput
    return forms.CharField(
        label=label, max_length=limit, required=required, strip=False, error_messages=messages, widget=widget
    )


def number() -> forms.IntegerField:
    """A version or number that the page was made from."""
    return forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


def day(label: str, *, missing: str) -> forms.DateField:
    messages = {"required": missing, "invalid": "Write the day like 2027-02-28."}
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), error_messages=messages)


class RowsField(forms.ModelMultipleChoiceField):
    """Some rows of a list; a number that no column holds is as little on it as one that is not."""

    def clean(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)) and any(_is_beyond(one) for one in value):
            raise forms.ValidationError(self.error_messages["invalid_choice"] % {"value": ""}, code="invalid_choice")
        return super().clean(value)


def _is_beyond(typed: Any) -> bool:
    try:
        return abs(int(typed)) > LARGEST
    except (TypeError, ValueError):
        return False  # no number, which the field says itself


class NamedForm(forms.Form):
    """A form whose ids begin with its own name, since several stand on one page."""

    name = "form"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"{self.name}_%s"})
