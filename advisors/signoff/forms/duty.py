"""What the duty page sends: a note for the next shift, and a new moment for what is late."""

from typing import Any, cast

from django import forms

from advisors import fields
from advisors.duty import handing_over
from advisors.duty.clock import MomentField
from advisors.signoff import (
    redating,
)
from questions.models import Question, Round


class NoteForm(fields.NamedForm):
    name = "note"
    text = fields.text(
        "A note for the next shift", handing_over.LONGEST, missing="Write what the next shift should know."
    )


class RedateForm(fields.NamedForm):
    """One new moment for several late questions."""

    name = "redate"
    questions = forms.ModelMultipleChoiceField(
        Question.objects.none(),
        label="Late, without a new date",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one question.",
            "invalid_choice": "One of these is not late any more, or has its new date already.",
            "invalid_pk_value": "Choose questions from the list.",
        },
    )
    until = MomentField(label="By when they will have it", error_messages={"required": "Choose a day and a time."})
    why = forms.ChoiceField(
        label="Why",
        choices=Round.Why.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="They read it on their page.",
        error_messages={"invalid_choice": "Choose a reason from the list."},
    )

    def __init__(self, *args: Any, late: list[redating.Late], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["questions"])
        field.queryset = Question.objects.filter(pk__in=[item.question.pk for item in late])
        # Drawn from what the list has read already.
        field.choices = [(item.question.pk, _late_said(item)) for item in late]


def _late_said(item: redating.Late) -> str:
    topic = item.question.topic
    return f"{topic.label if topic else 'No topic yet'}, {item.question.level}, {item.due}"
