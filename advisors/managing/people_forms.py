"""What the page of one person sends: a form for each part, that names what it was made from."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings

from advisors import fields
from advisors.managing import languages, people
from advisors.models import Person, Role
from askpeer.errors import Refused, Stale
from questions.intake.languages import name_of
from questions.partners.models import Partner

OLD = "Look at how it stands now, then try again."
LATEST_LOOK = dict.fromkeys(("required", "max_length"), OLD)


def _day(label: str, hint: str = "") -> forms.DateField:
    box = fields.day(label, missing="")
    box.required, box.help_text = False, hint
    return box


class RowField(forms.ModelChoiceField):
    """One row of a list; what is no id is as little on it as an id that is not."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class PersonForm(fields.NamedForm):
    """One part of a person, and what of it was seen."""

    seen = forms.CharField(max_length=40, widget=forms.HiddenInput, error_messages=LATEST_LOOK)

    @classmethod
    def of(cls, person: Person, *, now: datetime, data: Any = None) -> "PersonForm":
        shown = {field: getattr(person, field) for field in people.PARTS[cls.name]}
        form = cls(data, initial=cls.first(shown) | {"seen": people.mark(person, cls.name)})
        form.about(person, now)
        return form

    @staticmethod
    def first(shown: dict[str, Any]) -> dict[str, Any]:
        return shown

    def about(self, person: Person, now: datetime) -> None:
        """What of the form depends on whose it is."""

    def keep(self, *, person: Person, by: Person, now: datetime) -> people.Changed | None:
        """What changed; None where it will not do, which the form then says.

        Raises Stale.
        """
        verb = getattr(people, f"set_{self.name}")
        try:
            return verb(person=person, by=by, now=now, **self.cleaned_data)
        except Stale:
            raise
        except Refused as refusal:
            self.add_error(getattr(refusal, "field", None), str(refusal))
            return None

    def look_again(self, person: Person) -> None:
        """What is typed is kept, and may be sent over what holds now: the page shows it."""
        sent: Any = self.data
        self.data = sent = sent.copy()
        sent["seen"] = people.mark(person, self.name)


class WhoForm(PersonForm):
    name = "who"

    alias = fields.text(
        "Alias", 40, missing="Give them an alias: the name that everybody else here will see.", long=False
    )
    email = fields.text("E-mail address", 254, missing="Type their address.", long=False)


class RoleForm(PersonForm):
    name = "role"

    role = forms.ChoiceField(
        choices=Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose a role from the list."},
    )
    deputy = forms.BooleanField(label="Signs red in the lead's place, as a deputy", required=False)


class AgeForm(PersonForm):
    name = "age"

    born_on = _day("Date of birth", "Needed of advisors. Under 18 brings its own rules.")
    guardian_consent_on = _day(
        "Guardian's consent on paper, seen on", "Needed under 16. Leave it empty where you have none."
    )


class GuardianForm(fields.NamedForm):
    name = "guardian"

    email = fields.text("Guardian's e-mail address", 254, required=False, long=False)


class ChecksForm(PersonForm):
    name = "checks"

    vetting = fields.text("Which checks did you see?", people.VETTING, required=False, long=False)
    vetted_on = _day("Seen on")
    vetted_until = _day("Due again on", "Leave it empty where they have no end.")


class WorkForm(PersonForm):
    name = "work"

    spoken = forms.MultipleChoiceField(
        label="Also answers in",
        choices=lambda: [(code, name_of(code)) for code in languages.others()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Everybody here works in English.",
        error_messages={"invalid_choice": "Choose languages from the list."},
    )
    partner = RowField(
        label="Their own school",
        queryset=Partner.objects.order_by("name"),
        required=False,
        empty_label="None of our partners",
        help_text="They never get a question that came by it.",
        error_messages={"invalid_choice": "Choose a partner from the list."},
    )
    buddy = RowField(
        queryset=Person.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="Somebody of 18 or over whom they can always turn to.",
        error_messages={"invalid_choice": "Choose a buddy from the list."},
    )

    @staticmethod
    def first(shown: dict[str, Any]) -> dict[str, Any]:
        spoken = [code for code in shown["languages"] if code != settings.LANGUAGE_CODE]
        return {"spoken": spoken, "partner": shown["partner_id"], "buddy": shown["buddy_id"]}

    def about(self, person: Person, now: datetime) -> None:
        buddy: Any = self.fields["buddy"]
        buddy.queryset = people.buddies(person, now=now)


FORMS: dict[str, type[PersonForm]] = {form.name: form for form in (WhoForm, RoleForm, AgeForm, ChecksForm, WorkForm)}
