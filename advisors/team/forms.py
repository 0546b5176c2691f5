"""What a volunteer sends about themselves. Every limit is a sentence."""

from django import forms

from advisors import fields
from advisors.team import supporting


class SupportForm(forms.Form):
    words = fields.text("Anything you want to say first", supporting.LONGEST, required=False)
