"""What an advisor's pages send. Every limit is a sentence, and what was typed is shown again."""

from typing import Any

from django import forms

from advisors import fields
from advisors.drafting import claiming, picking, writing
from advisors.drafting.models import Draft

Kind = Draft.Kind


LEAVING = [("good", "Good"), ("fine", "Fine"), ("hard", "It was hard")]


def _count(label: str, most: int) -> forms.IntegerField:
    said = f"{label}: write a whole number from 0 to {most}."
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), said)
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most, error_messages=messages)


class VersionForm(forms.Form):
    """The question's version that the page was made from."""

    version = fields.number()


class HandBackForm(VersionForm):
    note = fields.text("A note for the next advisor", claiming.LONGEST_NOTE, required=False)
    too_close = forms.BooleanField(required=False)  # the name of a button


class WrapUpForm(forms.Form):
    """The end of a turn. hours and minutes left empty are none."""

    hours = _count("Hours", 24)
    minutes = _count("Minutes", 59)
    mood = forms.ChoiceField(label="How are you leaving?", required=False, choices=LEAVING, widget=forms.RadioSelect)


class DraftForm(VersionForm):
    """A draft as it is typed. base is the number of the version it was written on."""

    base = forms.IntegerField(min_value=0, max_value=fields.LARGEST, widget=forms.HiddenInput)
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = writing.LONGEST[Kind(kind)]
        self.kind = Kind(kind)
        self.fields["text"] = fields.text(
            "Your answer" if kind == Kind.ANSWER else "Your one question", limit, required=False
        )
        self.fields["insist"] = fields.text(
            "These words are right here, because", writing.LONGEST_REASON, required=False
        )
        if kind == Kind.ANSWER:
            self.fields["sources"] = fields.text("Where your facts are from", writing.LONGEST_SOURCES, required=False)
            for number in range(1, picking.MOST + 1):
                self.fields[f"detail_{number}"] = _detail(number)

    @property
    def detail_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("detail_")]

    @property
    def details(self) -> list[str]:
        """Once valid: what was marked, empty boxes left out."""
        return [value for name, value in self.cleaned_data.items() if name.startswith("detail_") and value]


def _detail(number: int) -> forms.CharField:
    return forms.CharField(
        label=f"Detail {number}",
        required=False,
        max_length=picking.LONGEST,
        error_messages=fields.too_long(picking.LONGEST),
    )


def filled(
    kind: str,
    *,
    text: str,
    details: list[str],
    base: int,
    version: int,
    sources: str | None = "",
    insist: str | None = "",
) -> DraftForm:
    """The form as a page first shows it."""
    typed = {f"detail_{number}": detail for number, detail in enumerate(details, start=1)}
    typed |= {"text": text, "sources": sources or "", "insist": insist or ""}
    return DraftForm(kind=kind, initial=typed | {"base": base, "version": version})
