"""What the publication editor sends: the public text, and the second person's check of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from advisors import fields
from askpeer.errors import Refused
from questions.models import Topic
from questions.publication import anonymising, recognising


class PublicationForm(fields.NamedForm):
    """The public text. Its limits and what may stand in it are the library's own rules."""

    name = "public"
    version = fields.number()
    title = fields.text("Title", anonymising.LIMITS["title"], long=False, missing="Write the title.")
    question_text = fields.text("Question", anonymising.LIMITS["question_text"], missing="Write the question.")
    answer_text = fields.text("Answer", anonymising.LIMITS["answer_text"], missing="Write the answer.")
    topic = forms.ModelChoiceField(
        Topic.objects.all(), empty_label="Choose one", error_messages={"required": "Choose a topic."}
    )
    age_group = forms.ChoiceField(
        label="Age group", required=False, choices=[(ages, ages or "Not said") for ages in anonymising.AGE_GROUPS]
    )
    content_note = fields.text("Content note", anonymising.LIMITS["content_note"], required=False, long=False)
    keywords = fields.text("Keywords, with commas between", 800, required=False, long=False)

    @staticmethod
    def told(refusal: Refused) -> str | ValidationError:
        """What a save was refused for, at the fields: everything that names somebody, once each, with its words."""
        if not isinstance(refusal, recognising.Named):
            return str(refusal)
        places = dict.fromkeys(one.place for one in refusal.found)
        said = {place: [one.quoted for one in refusal.found if one.place == place] for place in places}
        return ValidationError({place: list(dict.fromkeys(sentences)) for place, sentences in said.items()})

    def clean_keywords(self) -> list[str]:
        return self.cleaned_data["keywords"].split(",")


IDENTITY = (
    ("names", "No name, user name, school, club, street or town"),
    ("rare", "No rare fact, number, date or place that points to one person"),
    ("others", "Nobody else in the story can be recognised either"),
    ("voice", "Turns of phrase that are theirs alone have been put in other words"),
    ("friend", "I read it as a friend or parent of theirs would, and could not be sure"),
)


class CheckForm(fields.NamedForm):
    """The second person's check: everything on the list, or it is not published."""

    name = "check"
    version = fields.number()
    checked = forms.MultipleChoiceField(
        label="Before you publish",
        choices=IDENTITY,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick every point of the list, or edit the text until you can."},
    )
    review_by = forms.DateField(
        label="Read it again by",
        help_text="Within two years.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day.", "invalid": "Write the day like 2027-02-28."},
    )

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        checked = kept.pop("checked", None)
        if checked is not None and len(checked) < len(IDENTITY):
            self.add_error("checked", "Tick every point of the list, or edit the text until you can.")
        return kept
