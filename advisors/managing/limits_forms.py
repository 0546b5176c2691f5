"""What the page of the limits sends."""

from django import forms

from advisors import marks
from advisors.managing import limits
from questions import states
from questions.intake.models import IntakeLimits

A_DAY = f"Write how many answers a day are sure, as a number from 1 to {limits.MOST_A_DAY:,}."
FULL = f"Write a number of working days from {states.PROMISE_DAYS} to {limits.LATEST}."
WRONG = ("required", "invalid", "min_value", "max_value")


class LimitsForm(marks.SeenForm):
    taking = forms.BooleanField(
        label="Take new questions",
        required=False,
        help_text="Without the tick nobody new can ask. What is here goes on.",
    )
    answers_a_day = forms.IntegerField(
        label="Answers a working day that are sure",
        min_value=1,
        max_value=limits.MOST_A_DAY,
        help_text="Where more were given lately, that number counts.",
        widget=forms.TextInput,  # a browser's own number field loses what is no number
        error_messages=dict.fromkeys(WRONG, A_DAY),
    )
    full_after = forms.IntegerField(
        label="Full after this many working days",
        min_value=states.PROMISE_DAYS,
        max_value=limits.LATEST,
        help_text="Where the queue would take longer than this, no new question is taken.",
        widget=forms.TextInput,
        error_messages=dict.fromkeys(WRONG, FULL),
    )

    @classmethod
    def of(cls, row: IntakeLimits) -> "LimitsForm":
        return cls(initial={name: getattr(row, name) for name in limits.NAMES} | {"seen": limits.seen(row)})
