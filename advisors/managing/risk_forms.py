"""What the pages of the risk phrases send. What is tried is in the form of one request, and nowhere else."""

from typing import Any

from django import forms
from django.conf import settings

from advisors import fields, marks
from advisors.managing import risk
from askpeer.errors import Refused
from questions import states
from questions.intake import languages
from questions.intake import risk as raising
from questions.intake.models import RiskRule

LETTERS = 40_000  # of a box with phrases
LEVELS = {states.RED: "Red: danger now", states.AMBER: "Amber: read with care"}


def _trying(*, required: bool) -> forms.CharField:
    return fields.text("A text to try", raising.LONGEST, required=required, missing="Paste a text first.")


class TryForm(fields.NamedForm):
    """A text that is looked at once, and kept nowhere."""

    name = "try"
    text = _trying(required=True)


class RuleForm(marks.SeenForm):
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    label = fields.text(
        "What these phrases mean", risk.LABEL, missing="Say in a few words what these phrases mean.", long=False
    )
    level = forms.ChoiceField(
        label="Raise the question to",
        choices=LEVELS.items(),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a level.", "invalid_choice": "Choose a level from the list."},
    )
    language = forms.ChoiceField(
        label="Language",
        choices=lambda: [(code, languages.name_of(code)) for code, _name in settings.LANGUAGES],
        error_messages={"required": "Choose a language.", "invalid_choice": "Choose a language from the list."},
    )
    phrases = fields.text("Phrases, one a line", LETTERS, missing="Write one phrase at least.")
    text = _trying(required=False)

    @classmethod
    def of(cls, row: RiskRule) -> "RuleForm":
        shown = {name: getattr(row, name) for name in ("label", "level", "language")}
        return cls(initial=shown | {"phrases": "\n".join(row.phrases), "seen": risk.seen(row)})

    def clean_label(self) -> str:
        try:
            return risk.label_of(self.cleaned_data["label"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean_phrases(self) -> list[str]:
        try:
            return risk.phrases_of(self.cleaned_data["phrases"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def given(self) -> dict[str, Any]:
        """What risk.wanted() takes."""
        return {name: self.cleaned_data[name] for name in ("label", "level", "language", "phrases")}
