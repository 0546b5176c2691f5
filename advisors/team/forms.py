"""What a volunteer sends about themselves. Every limit is a sentence."""

from typing import Any

from django import forms

from advisors import fields
from advisors.naming import LONGEST_ALIAS
from advisors.team import agreeing, debriefing, profiling, supporting

A_TIME = {"required": "Choose a time.", "invalid": "Write the time like 16:30."}


class SupportForm(forms.Form):
    words = fields.text("Anything you want to say first", supporting.LONGEST, required=False)


class AgreementForm(forms.Form):
    """A tick for each of the six, and the wording that was read."""

    wording = forms.CharField(max_length=10, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for clause in agreeing.CLAUSES:
            missing = {"required": f"Tick “{clause.tick}” once you have read it."}
            self.fields[clause.name] = forms.BooleanField(label=clause.tick, error_messages=missing)

    @property
    def clauses(self) -> list[tuple[agreeing.Clause, forms.BoundField]]:
        return [(clause, self[clause.name]) for clause in agreeing.CLAUSES]

    @property
    def ticked(self) -> set[str]:
        return {clause.name for clause in agreeing.CLAUSES if self.cleaned_data.get(clause.name)}


class ProfileForm(forms.Form):
    alias = fields.text(
        "Your alias", LONGEST_ALIAS, missing="Give yourself an alias: the name that the team sees.", long=False
    )
    about = fields.text("A line about you", profiling.LONGEST, required=False)


class LastDayForm(forms.Form):
    day = fields.day("Your last day", missing="Choose your last day.")


class DebriefForm(forms.Form):
    words = fields.text("Anything you want to say first", debriefing.LONGEST, required=False)


class TurnForm(fields.NamedForm):
    """A time on one day at which somebody means to be here."""

    name = "turn"
    day = fields.day("Day", missing="Choose a day.")
    starts = forms.TimeField(label="From", widget=forms.TimeInput(attrs={"type": "time"}), error_messages=A_TIME)
    ends = forms.TimeField(label="Until", widget=forms.TimeInput(attrs={"type": "time"}), error_messages=A_TIME)


class AwayForm(fields.NamedForm):
    name = "away"
    first_day = fields.day("First day", missing="Choose the first day.")
    last_day = fields.day("Last day", missing="Choose the last day.")
