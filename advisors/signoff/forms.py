"""What a supervisor's pages send. Several stand on one page, so each names its fields' ids after itself.

Versions and numbers are drawn by the templates from the row as it stands, never from what was sent.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms

from advisors import roles
from advisors.drafting import writing
from advisors.drafting.models import Draft
from advisors.duty import handing_over
from advisors.duty.clock import MomentField
from advisors.models import Person
from advisors.signoff import (
    commenting,
    escalating,
    levels,
    locking,
    marking,
    masking,
    own_words,
    redating,
    signing,
    triaging,
    wordings,
)
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


RUBRIC = ("reaction", "interpretation", "exploration", "personal", "within_limits", "phrase")


def _mark(label: str) -> forms.TypedChoiceField:
    choices = [(mark, f"{mark}, {word}") for mark, word in marking.SCALE.items()]
    return _choice(label, choices, int)


def _yes_or_no(label: str) -> forms.TypedChoiceField:
    return _choice(label, [("yes", "Yes"), ("no", "No")], lambda said: said == "yes")


def _choice(label: str, choices: list[tuple], coerce: Callable[[str], Any]) -> forms.TypedChoiceField:
    missing = {"required": f"Mark this line: {label.partition(':')[0]}."}
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=coerce, widget=forms.RadioSelect, error_messages=missing
    )


class NamedForm(forms.Form):
    """A form whose ids begin with its own name."""

    name = "form"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"{self.name}_%s"})


class NumberForm(NamedForm):
    """The number of the version that was read."""

    number = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)


def _names() -> forms.CharField:
    """Names with commas between; nothing else of theirs is checked here than the length that may be read at all."""
    room = masking.MOST * (masking.LONGEST + 2)
    return _text("Names to hide from advisors (commas between)", room, required=False, long=False)


class NamesForm(NamedForm):
    """A list of names that replaces the one before, which the page was made from."""

    names = _names()
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_names(self) -> list[str]:
        return self.cleaned_data["names"].split(",")

    def add_names(self, names: Iterable[str]) -> None:
        """Put these into the box, beside what was typed."""
        data = self.data.copy()  # type: ignore[attr-defined]
        typed = [" ".join(name.split()) for name in data.get("names", "").split(",")]
        data["names"] = ", ".join(masking.once([*names, *typed]))
        self.data = data


class PassOnForm(NamesForm):
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


class MaskForm(NamesForm):
    """The names alone, later on."""

    name = "mask"


class ApartForm(NamedForm):
    name = "apart"
    apart = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda said: said == "yes", widget=forms.HiddenInput
    )


class VersionForm(NamedForm):
    """A button that holds for the question as the page showed it."""

    name = "version"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)


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


class OwnWordsForm(NamedForm):
    """Free words, for a reason that the approved sentences name. They leave when a second person said yes."""

    name = "words"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    why = forms.ChoiceField(label="What it is", error_messages={"required": "Choose what it is."})
    text = _text("What they will read", own_words.LONGEST, missing="Write what they should read.")

    def __init__(self, *args: Any, question: Question, holding: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("redirect", "Redirect"), *([("holding", "Holding reply")] if holding else [])]
        choices = [
            (f"{kind}:{row.code}", f"{said}: {row.label}")
            for kind, said in kinds
            for row in wordings.approved(kind, language=question.language)
        ]
        cast(forms.ChoiceField, self.fields["why"]).choices = [("", "Choose one"), *choices]

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        if reason := kept.pop("why", ""):
            kept["kind"], kept["code"] = reason.split(":")
        return kept


class NoteForm(NamedForm):
    name = "note"
    text = _text("A note for the next shift", handing_over.LONGEST, missing="Write what the next shift should know.")


class RedateForm(NamedForm):
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

    def __init__(self, *args: Any, late: list[redating.Late], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["questions"])
        field.queryset = Question.objects.filter(pk__in=[item.question.pk for item in late])
        # Drawn from what the list has read already.
        field.choices = [(item.question.pk, _late_said(item)) for item in late]


def _late_said(item: redating.Late) -> str:
    topic = item.question.topic
    return f"{topic.label if topic else 'No topic yet'}, {item.question.level}, {item.due}"


class AssignForm(NamedForm):
    name = "assign"
    version = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    to = forms.ModelChoiceField(
        Person.objects.filter(is_active=True, role__in=roles.WRITERS),
        label="Who answers",
        empty_label="Choose someone",
        error_messages={"required": "Choose who answers."},
    )


class ApproveForm(NumberForm):
    """Two ticks always; the rest only where it is asked for: the rubric, and what this wording needs taken on."""

    name = "approve"
    safe = forms.BooleanField(
        label="It is safe: nothing in it can put them in danger", error_messages={"required": marking.UNSAFE}
    )
    accurate = forms.BooleanField(
        label="It is accurate: facts and services are right", error_messages={"required": marking.INACCURATE}
    )
    reaction = _mark("Reaction: warmth for what they feel")
    interpretation = _mark("Interpretation: says back what they mean")
    exploration = _mark("Exploration: opens a way to think further")
    personal = _yes_or_no("Personal: written to this person")
    within_limits = _yes_or_no("Within limits: promises and advises no more than we may")
    phrase = _text(
        "The words that worked",
        marking.PHRASE,
        long=False,
        missing="Copy the words that worked out of the draft. The author sees them later.",
    )
    override = forms.BooleanField(
        label="I have read what the wording check stopped, and it may stand",
        error_messages={"required": "Change the wording, or tick that it may stand."},
    )
    disclosure = forms.BooleanField(
        label="The writer speaks of themselves here. I have read it, and it helps",
        error_messages={"required": "Tick that you read it and it helps, or change the wording."},
    )
    reason = _text("Why it may stand", signing.REASON, missing="Say why. Only reviewers read it.")

    def __init__(self, *args: Any, whole: bool, found: signing.Found, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = {"override": found.stopped, "disclosure": found.told, "reason": found.needs_reason}
        for name in [*(name for name in needed if not needed[name]), *(() if whole else RUBRIC)]:
            del self.fields[name]

    @property
    def rubric(self) -> list[forms.BoundField]:
        return [self[name] for name in RUBRIC if name in self.fields]

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        marks = {name: kept.pop(name) for name in ("safe", "accurate", *RUBRIC) if name in kept}
        return kept if self.errors else kept | {"marks": marking.Marks(**marks)}


class EscalateForm(NumberForm):
    name = "escalate"
    reason = _text("Why the lead should look at it", escalating.REASON, missing="Say why the lead should look at this.")


NO_PARAGRAPH = "Choose a paragraph of this draft."


class CommentForm(NumberForm):
    name = "comment"
    paragraph = forms.TypedChoiceField(
        label="Where", coerce=int, error_messages=dict.fromkeys(["required", "invalid_choice"], NO_PARAGRAPH)
    )
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


class LockForm(NamedForm):
    """A locked note of the lead's."""

    name = "lock"
    reason = _text("Why these words have to stay", locking.REASON, missing="Say why these words have to stay.")
    last_day = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Choose the last day.", "invalid": "Write the day like 2027-02-28."},
    )
