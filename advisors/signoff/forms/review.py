"""What a review sends. Numbers are drawn by the templates from the draft as it stands, never from what was sent."""

from collections.abc import Callable
from typing import Any, cast

from django import forms

from advisors import fields
from advisors.drafting import writing
from advisors.drafting.models import Draft
from advisors.signoff import (
    commenting,
    escalating,
    marking,
    signing,
)

RUBRIC = ("reaction", "interpretation", "exploration", "personal", "within_limits", "phrase")


NO_PARAGRAPH = "Choose a paragraph of this draft."


def _choice(label: str, choices: list[tuple], coerce: Callable[[str], Any]) -> forms.TypedChoiceField:
    missing = {"required": f"Mark this line: {label.partition(':')[0]}."}
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=coerce, widget=forms.RadioSelect, error_messages=missing
    )


def _mark(label: str) -> forms.TypedChoiceField:
    choices = [(mark, f"{mark}, {word}") for mark, word in marking.SCALE.items()]
    return _choice(label, choices, int)


def _yes_or_no(label: str) -> forms.TypedChoiceField:
    return _choice(label, [("yes", "Yes"), ("no", "No")], lambda said: said == "yes")


class NumberForm(fields.NamedForm):
    """The number of the version that was read."""

    number = fields.number()


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
    phrase = fields.text(
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
    reason = fields.text("Why it may stand", signing.REASON, missing="Say why. Only reviewers read it.")

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
    reason = fields.text(
        "Why the lead should look at it", escalating.REASON, missing="Say why the lead should look at this."
    )


class CommentForm(NumberForm):
    name = "comment"
    paragraph = forms.TypedChoiceField(
        label="Where", coerce=int, error_messages=dict.fromkeys(["required", "invalid_choice"], NO_PARAGRAPH)
    )
    text = fields.text("Comment", commenting.LONGEST, missing="Write what the author should think about.")

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(number, f"Paragraph {number}") for number in range(1, count + 1)]
        cast(forms.ChoiceField, self.fields["paragraph"]).choices = [(0, "The whole draft"), *places]


class EditForm(fields.NamedForm):
    name = "edit"
    base = fields.number()
    text = fields.text("Your wording", writing.LONGEST[Draft.Kind.ANSWER], missing="Write the wording, or go back.")
    note = fields.text("A learning note for the author", commenting.LONGEST, required=False)
