from django import forms


class AcceptForm(forms.Form):
    password = forms.CharField(
        max_length=128,
        strip=False,
        help_text="12 characters or more. Four words that belong together only for you work well.",
        error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
