"""What the safeguarding pages send. Several stand on one page, so each names its fields' ids after itself."""

from typing import Any

from django import forms

from advisors.duty.clock import MomentField
from advisors.models import Person
from advisors.safeguarding import glass, raising, recording
from advisors.safeguarding.models import Concern, Entry
from advisors.signoff import locking
from questions import states


def _text(label: str, limit: int, *, missing: str = "") -> forms.CharField:
    """missing is the sentence where it is empty; "" for one that may be."""
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(missing),
        strip=False,
        error_messages={
            "max_length": f"This can have {limit:,} characters at most. It has %(show_value)s.",
            "required": missing,
        },
        widget=forms.Textarea,
    )


class NamedForm(forms.Form):
    """A form whose ids begin with its own name."""

    name = "form"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"{self.name}_%s"})


class EntryForm(NamedForm):
    name = "entry"
    words = _text("Their exact words, or what was seen", recording.WORDS, missing="Write what was said or seen.")
    nature = forms.ChoiceField(
        label="This is",
        choices=[(Entry.Nature.FACT, "A fact: said or seen"), (Entry.Nature.OPINION, "An opinion: what I make of it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether this is a fact or an opinion."},
    )
    level = forms.ChoiceField(
        choices=[(level, level.capitalize()) for level in states.LEVELS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose green, amber or red."},
    )
    decision = _text("What was decided, and why", recording.DECISION, missing="Write what was decided, and why.")
    ground = forms.ChoiceField(
        label="On what ground something was shared",
        choices=Entry.Ground.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the ground."},
    )
    told = _text("Who was told, and when", recording.TOLD)
    next_check_at = MomentField(label="Next check", required=False)


class KeepForm(NamedForm):
    """Until when a case stays."""

    name = "keep"
    reason = _text("Why this has to stay", locking.REASON, missing="Say why these words have to stay.")
    last_day = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Choose the last day.", "invalid": "Write the day like 2027-02-28."},
    )


class GlassForm(NamedForm):
    name = "glass"
    reason = _text("Why you need to see this", glass.REASON, missing="Say why you need to see this.")


class PersonForm(NamedForm):
    """Whom a case about staff is about."""

    name = "whom"
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).order_by("alias"),
        label="Who it is about",
        empty_label="Choose someone",
        error_messages={"required": "Choose who it is about.", "invalid_choice": "Choose somebody from the list."},
    )


class LetGoForm(NamedForm):
    name = "go"
    reason = forms.ChoiceField(
        label="Why it goes",
        choices=locking.REASONS.items(),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it goes."},
    )


class ConcernForm(NamedForm):
    name = "concern"
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=Concern.Kind.choices,
        widget=forms.HiddenInput,
        error_messages={"required": "Choose what this is about."},
    )
    words = _text("What makes you think so", raising.WORDS)
