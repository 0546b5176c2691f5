"""What a volunteer sends about themselves. Every limit is a sentence."""

from django import forms

from advisors.team import supporting


class SupportForm(forms.Form):
    words = forms.CharField(
        label="Anything you want to say first",
        required=False,
        strip=False,
        max_length=supporting.LONGEST,
        error_messages={
            "max_length": f"This can have {supporting.LONGEST:,} characters at most. It has %(show_value)s."
        },
        widget=forms.Textarea,
    )
