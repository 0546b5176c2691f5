"""What the rota's page sends. Three forms stand on it, so each names its fields' ids after itself."""

from django import forms

from advisors import fields, roles
from advisors.duty.clock import MomentField
from advisors.models import Person

NOBODY = {"required": "Choose a person.", "invalid_choice": "Choose a person from the list."}
DAY = {"required": "Choose a day.", "invalid": "Write the day like 2027-02-28."}


class TurnForm(fields.NamedForm):
    """A reviewer, from one moment to another."""

    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True, role__in=roles.REVIEWERS),
        label="Who",
        empty_label="Choose someone",
        error_messages=NOBODY,
    )
    starts_at = MomentField(label="From", error_messages={"required": "Choose when it starts."})
    ends_at = MomentField(label="Until", error_messages={"required": "Choose when it ends."})


class ShiftForm(TurnForm):
    name = "shift"


class OnCallForm(TurnForm):
    name = "on-call"


class AbsenceForm(fields.NamedForm):
    name = "absence"
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True), label="Who", empty_label="Choose someone", error_messages=NOBODY
    )
    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}), error_messages=DAY)
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}), error_messages=DAY)
