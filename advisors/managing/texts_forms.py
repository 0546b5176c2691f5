"""What the pages of the message texts send."""

from typing import Any

from django import forms
from django.conf import settings

from advisors import fields, marks
from advisors.managing import texts
from advisors.signoff import rewording
from advisors.signoff.models import Wording
from askpeer import prose
from askpeer.errors import Refused
from questions.intake import languages

KINDS = {
    Wording.Kind.HOLDING: "A holding reply: the answer is still to come",
    Wording.Kind.REDIRECT: "A redirect: the round ends",
}


class TextForm(marks.SeenForm):
    """New words for a text that there is, in one language."""

    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    label = fields.text("Name", rewording.LABEL, missing="Give it a name, by which staff choose it.", long=False)
    text = fields.text("What they read", rewording.LONGEST, missing="Write what they read.")

    @classmethod
    def of(cls, place: texts.Place, label: str) -> "TextForm":
        row = place.waits or place.now
        words = {"text": row.text, "label": row.label} if row else {"label": label}
        return cls(initial=words | {"seen": rewording.seen(place.waits)})

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        for name in {"label", "text"} & set(kept):
            try:
                kept[name] = prose.canonical(kept[name])
            except Refused as refusal:
                self.add_error(name, str(refusal))
            else:
                if not kept[name]:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return kept


class NewForm(TextForm):
    """A text for which there is no code yet."""

    kind = forms.ChoiceField(
        label="What it is",
        choices=KINDS.items(),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is.", "invalid_choice": "Choose what it is from the list."},
    )
    language = forms.ChoiceField(
        label="Language",
        choices=lambda: [(code, languages.name_of(code)) for code, _name in settings.LANGUAGES],
        error_messages={"required": "Choose a language.", "invalid_choice": "Choose a language from the list."},
    )
