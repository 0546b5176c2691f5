"""The one box of the margin."""

from django import forms

from advisors.beside import noting


class NoteForm(forms.Form):
    """A note to the other of the two. Its id does not clash with what else stands on an advisor's page."""

    note = forms.CharField(
        label="A note on the margin",
        strip=False,
        max_length=noting.LONGEST,
        error_messages={
            "required": "Write your note first.",
            "max_length": f"A note can have {noting.LONGEST:,} characters at most. This one has %(show_value)s.",
        },
        widget=forms.Textarea,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "margin_%s"})  # type: ignore[arg-type]
