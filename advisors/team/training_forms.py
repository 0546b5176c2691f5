"""What practising and giving feedback send. Every limit is a sentence."""

from django import forms

from advisors import fields
from advisors.team import practising

VERDICTS = [("good", "Good enough"), ("again", "Try once more")]


class AttemptForm(forms.Form):
    words = fields.text("Your own answer", practising.LONGEST, missing=practising.NOTHING)


class FeedbackForm(forms.Form):
    words = fields.text("Your feedback", practising.FEEDBACK, missing=practising.NO_FEEDBACK)
    good = forms.TypedChoiceField(
        label="Is it good enough?",
        choices=VERDICTS,
        coerce=lambda said: said == "good",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is good enough, or whether they try once more."},
    )
