from datetime import datetime

from django import forms

from advisors.inviting import YOUNGEST, invite
from advisors.models import Invitation, Person, Role
from askpeer.errors import Refused
from questions.intake import helping


class InviteForm(forms.Form):
    email = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput,
        error_messages={
            "required": "Type the address that the invitation goes to.",
            "max_length": "An address can have 254 characters at most.",
        },
    )
    alias = forms.CharField(
        max_length=40,
        help_text="The name that everybody else here sees. Not their full name.",
        error_messages={
            "required": "Give them an alias: the name that everybody else here will see.",
            "max_length": "An alias can have 40 characters at most.",
        },
    )
    role = forms.ChoiceField(
        choices=Role.choices,
        widget=forms.RadioSelect,
        initial=Role.ADVISOR,
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose a role from the list."},
    )
    born_on = forms.DateField(
        label="Date of birth",
        required=False,
        help_text=f"Only for advisors, who are {YOUNGEST} or older.",
        error_messages={"invalid": "Write the date of birth like 2007-02-28."},
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    guardian_email = forms.CharField(
        label="Their guardian's e-mail address",
        max_length=254,
        required=False,
        help_text="Only for advisors under 16. We ask them for their yes. It is kept until they answer.",
        widget=forms.EmailInput,
        error_messages={"max_length": "An address can have 254 characters at most."},
    )

    def send(self, *, by: Person, now: datetime) -> Invitation | None:
        """Invite with what was typed; None when it will not do, with the sentence among the form's errors."""
        try:
            return invite(**self.cleaned_data, by=by, now=now)[0]
        except Refused as refusal:
            self.add_error(None, str(refusal))
            return None


COUNTRIES = {"BE": "Belgium", "GB": "The United Kingdom"}


class CountryForm(forms.Form):
    """Where the readers of a language are at home, and so whose crisis services they are shown."""

    country = forms.ChoiceField(
        label="Whose crisis services do its pages show?",
        choices=lambda: [
            ("", "Choose a country"),
            *((code, COUNTRIES.get(code, code)) for code in helping.countries()),
        ],
        error_messages={"required": "Choose a country.", "invalid_choice": "Choose a country from the list."},
    )
