"""What stands around the report for funders: printed, and stored nowhere."""

from django import forms

from advisors import fields
from askpeer import prose
from askpeer.errors import Refused

TITLE_LIMIT, NOTE_LIMIT = 120, 1200  # characters


class ReportForm(forms.Form):
    title = fields.text("Heading", TITLE_LIMIT, required=False, long=False)
    note = fields.text("A note in your own words", NOTE_LIMIT, required=False)

    def clean_title(self) -> str:
        return " ".join(_canonical(self.cleaned_data["title"]).split())

    def clean_note(self) -> str:
        return _canonical(self.cleaned_data["note"])


def _canonical(text: str) -> str:
    try:
        return prose.canonical(text)
    except Refused as refusal:
        raise forms.ValidationError(str(refusal)) from None
