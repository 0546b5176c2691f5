"""What a supervisor's pages send. Several stand on one page, so each names its fields' ids after itself.

Versions and numbers are drawn by the templates from the row as it stands, never from what was sent.
"""

from typing import Any, cast

from django import forms

from advisors.drafting import writing
from advisors.drafting.models import Draft
from advisors.models import Person
from advisors.signoff import commenting, levels, locking, triaging, wordings
from questions import states
from questions.models import Question, Topic
from questions.publication import anonymising

MOST = 2**31 - 1


def _too_long(limit: int) -> dict[str, str]:
    return {"max_length": f"This can have {limit:,} characters at most. It has %(show_value)s."}


def _text(label: str, limit: int, *, required: bool = True, missing: str = "", long: bool = True) -> forms.CharField:
    messages = _too_long(limit) | ({"required": missing} if missing else {})
    widget = forms.Textarea if long else forms.TextInput
    return forms.CharField(
        label=label, max_length=limit, required=required, strip=False, error_messages=messages, widget=widget
    )


class NamedForm(forms.Form):
    """A form whose ids begin with its own name."""

    name = "form"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"{self.name}_%s"})


class NumberForm(NamedForm):
    """The number of the version that was read."""

    number = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)


class PassOnForm(NamedForm):
    name = "pass"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    summary = _text(
        "One line for the desk",
        triaging.SUMMARY,
        long=False,
        missing="Write one line for the desk, so that an advisor can choose.",
    )
    topic = forms.ModelChoiceField(Topic.objects.all(), required=False, empty_label="Leave as it is")
    content_notes = forms.MultipleChoiceField(
        label="Content notes",
        required=False,
        choices=[(note, note.capitalize()) for note in triaging.CONTENT_NOTES],
        widget=forms.CheckboxSelectMultiple,
    )


class LevelForm(NamedForm):
    name = "level"
    level = forms.ChoiceField(
        label="Level",
        choices=[(level, level.capitalize()) for level in states.LEVELS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose green, amber or red."},
    )
    reason = _text("Why", levels.REASON, required=False)


class WordingForm(NamedForm):
    """A choice among the sentences that two people approved, in the asker's language."""

    code = forms.ChoiceField(
        label="Sentence", widget=forms.RadioSelect, error_messages={"required": "Choose one of the sentences."}
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wordings = wordings.approved(self.name, language=question.language)
        cast(forms.ChoiceField, self.fields["code"]).choices = [(row.code, row.label) for row in self.wordings]


class RedirectForm(WordingForm):
    name = "redirect"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)


class HoldForm(WordingForm):
    name = "holding"


class AssignForm(NamedForm):
    name = "assign"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    to = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).exclude(role="manager"),
        label="Who answers",
        empty_label="Choose someone",
        error_messages={"required": "Choose who answers."},
    )


class ApproveForm(NumberForm):
    name = "approve"
    override = forms.BooleanField(label="I have read what the wording check stopped, and it may stand", required=False)


class CommentForm(NumberForm):
    name = "comment"
    paragraph = forms.TypedChoiceField(label="Where", coerce=int)
    text = _text("Comment", commenting.LONGEST, missing="Write what the author should think about.")

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(number, f"Paragraph {number}") for number in range(1, count + 1)]
        cast(forms.ChoiceField, self.fields["paragraph"]).choices = [(0, "The whole draft"), *places]


class EditForm(NamedForm):
    name = "edit"
    base = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    text = _text("Your wording", writing.LONGEST[Draft.Kind.ANSWER], missing="Write the wording, or go back.")
    note = _text("A learning note for the author", commenting.LONGEST, required=False)


class PublicationForm(NamedForm):
    """The public text. Its limits and what may stand in it are the library's own rules."""

    name = "public"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    title = _text("Title", anonymising.LIMITS["title"], long=False, missing="Write the title.")
    question_text = _text("Question", anonymising.LIMITS["question_text"], missing="Write the question.")
    answer_text = _text("Answer", anonymising.LIMITS["answer_text"], missing="Write the answer.")
    topic = forms.ModelChoiceField(
        Topic.objects.all(), empty_label="Choose one", error_messages={"required": "Choose a topic."}
    )
    age_group = forms.ChoiceField(
        label="Age group", required=False, choices=[(ages, ages or "Not said") for ages in anonymising.AGE_GROUPS]
    )
    content_note = _text("Content note", anonymising.LIMITS["content_note"], required=False, long=False)
    keywords = _text("Keywords, with commas between", 800, required=False, long=False)

    def clean_keywords(self) -> list[str]:
        return self.cleaned_data["keywords"].split(",")


IDENTITY = (
    ("names", "No name, user name, school, club, street or town"),
    ("rare", "No rare fact, number, date or place that points to one person"),
    ("others", "Nobody else in the story can be recognised either"),
    ("voice", "Turns of phrase that are theirs alone have been put in other words"),
    ("friend", "I read it as a friend or parent of theirs would, and could not be sure"),
)


class CheckForm(NamedForm):
    """The second person's check: everything on the list, or it is not published."""

    name = "check"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    checked = forms.MultipleChoiceField(
        label="Before you publish",
        choices=IDENTITY,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick every point of the list, or edit the text until you can."},
    )

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        checked = kept.pop("checked", None)
        if checked is not None and len(checked) < len(IDENTITY):
            self.add_error("checked", "Tick every point of the list, or edit the text until you can.")
        return kept


class LockForm(NamedForm):
    """A locked note of the lead's."""

    name = "lock"
    reason = _text("Why these words have to stay", locking.REASON, missing="Say why these words have to stay.")
    last_day = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Choose the last day.", "invalid": "Write the day like 2027-02-28."},
    )
