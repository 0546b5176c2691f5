"""What is typed in the team room. Every limit is a sentence."""

from datetime import datetime
from typing import cast

from django import forms

from advisors import fields
from advisors.models import Person
from advisors.team import posting, praising


class PostForm(fields.NamedForm):
    name = "post"
    text = fields.text("Say something to the team", posting.LONGEST, missing=posting.EMPTY)


class RoundForm(fields.NamedForm):
    """An answer, and the Monday of the round that its page asked, which the template writes anew each time."""

    name = "round"
    text = fields.text("Your answer", posting.LONGEST, missing=posting.EMPTY)
    week = forms.DateField(required=False, error_messages={"invalid": posting.NEXT_ROUND})


class KudosForm(fields.NamedForm):
    """A thanks to one of those whom its giver may thank."""

    name = "kudos"
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label="Who do you want to thank?",
        empty_label="Choose somebody",
        error_messages={"required": "Choose who you want to thank.", "invalid_choice": praising.GONE},
    )
    text = fields.text("What for?", praising.LONGEST, missing="Write what you want to thank them for.")

    def __init__(self, *args: object, giver: Person, now: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["person"])
        field.queryset = praising.colleagues(giver, now=now)
