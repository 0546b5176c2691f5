"""What triage sends: passing on, levels, hidden names, sentences, who answers, a locked note.

Versions are drawn by the templates from the row as it stands, never from what was sent.
"""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from advisors import fields, roles
from advisors.models import Person
from advisors.signoff import (
    levels,
    locking,
    masking,
    own_words,
    triaging,
    wordings,
)
from advisors.team import coaching
from questions import states
from questions.models import Feedback, Question, Topic


def _names() -> forms.CharField:
    """Names with commas between; nothing else of theirs is checked here than the length that may be read at all."""
    room = masking.MOST * (masking.LONGEST + 2)
    return fields.text("Names to hide from advisors (commas between)", room, required=False, long=False)


class NamesForm(fields.NamedForm):
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
    version = fields.number()
    summary = fields.text(
        "One line for the desk",
        triaging.SUMMARY,
        long=False,
        missing="Write one line for the desk, so that an advisor can choose.",
    )
    topic = forms.ModelChoiceField(Topic.objects.filter(retired=False), required=False, empty_label="Leave as it is")
    content_notes = forms.MultipleChoiceField(
        label="Content notes",
        required=False,
        choices=[(note, note.capitalize()) for note in triaging.CONTENT_NOTES],
        widget=forms.CheckboxSelectMultiple,
    )


class MaskForm(NamesForm):
    """The names alone, later on."""

    name = "mask"


class ApartForm(fields.NamedForm):
    name = "apart"
    apart = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda said: said == "yes", widget=forms.HiddenInput
    )


class VersionForm(fields.NamedForm):
    """A button that holds for the question as the page showed it."""

    name = "version"
    version = fields.number()


class LevelForm(fields.NamedForm):
    name = "level"
    level = forms.ChoiceField(
        label="Level",
        choices=[(level, level.capitalize()) for level in states.LEVELS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose green, amber or red."},
    )
    reason = fields.text("Why", levels.REASON, required=False)


class WordingForm(fields.NamedForm):
    """A choice among the sentences that two people approved, in the asker's language, and which the page showed."""

    shown = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    code = forms.ChoiceField(
        label="Sentence", widget=forms.RadioSelect, error_messages={"required": "Choose one of the sentences."}
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wordings = wordings.approved(self.name, language=question.language)
        cast(forms.ChoiceField, self.fields["code"]).choices = [(row.code, row.label) for row in self.wordings]

    def showing(self) -> str:
        """What the page shows now, whatever was sent."""
        return " ".join(str(row.pk) for row in self.wordings)

    def clean_shown(self) -> set[int]:
        sent = set(self.cleaned_data["shown"].split())
        return {row.pk for row in self.wordings if str(row.pk) in sent}


class RedirectForm(WordingForm):
    name = "redirect"
    version = fields.number()


class HoldForm(WordingForm):
    name = "holding"


class OwnWordsForm(fields.NamedForm):
    """Free words, for a reason that the approved sentences name. They leave when a second person said yes."""

    name = "words"
    version = fields.number()
    why = forms.ChoiceField(label="What it is", error_messages={"required": "Choose what it is."})
    text = fields.text("What they will read", own_words.LONGEST, missing="Write what they should read.")

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


class AssignForm(fields.NamedForm):
    name = "assign"
    version = fields.number()
    to = forms.ModelChoiceField(
        Person.objects.filter(is_active=True, role__in=roles.WRITERS),
        label="Who answers",
        empty_label="Choose someone",
        error_messages={"required": "Choose who answers."},
    )


class LockForm(fields.NamedForm):
    """A locked note of the lead's."""

    name = "lock"
    reason = fields.text("Why these words have to stay", locking.REASON, missing="Say why these words have to stay.")
    last_day = fields.day("Last day", missing="Choose the last day.")


class CoachingForm(fields.NamedForm):
    """A line to the advisor, under what was said of their answer; several such forms stand on one page."""

    coaching = fields.text("One line to the advisor: what worked?", coaching.LONGEST, required=False)

    def __init__(self, *args: Any, feedback: Feedback, **kwargs: Any) -> None:
        self.feedback, self.name = feedback, f"coaching_{feedback.pk}"
        super().__init__(*args, **kwargs)
