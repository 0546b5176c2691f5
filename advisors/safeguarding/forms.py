"""What the safeguarding pages send. Several stand on one page, so each names its fields' ids after itself."""

from django import forms

from advisors import fields
from advisors.duty.clock import MomentField
from advisors.models import Person
from advisors.safeguarding import glass, raising, recording
from advisors.safeguarding.models import Concern, Entry
from advisors.signoff import locking
from questions import states


class EntryForm(fields.NamedForm):
    name = "entry"
    words = fields.text("Their exact words, or what was seen", recording.WORDS, missing="Write what was said or seen.")
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
    decision = fields.text("What was decided, and why", recording.DECISION, missing="Write what was decided, and why.")
    ground = forms.ChoiceField(
        label="On what ground something was shared",
        choices=Entry.Ground.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the ground."},
    )
    told = fields.text("Who was told, and when", recording.TOLD, required=False)
    next_check_at = MomentField(label="Next check", required=False)


class KeepForm(fields.NamedForm):
    """Until when a case stays."""

    name = "keep"
    reason = fields.text("Why this has to stay", locking.REASON, missing="Say why these words have to stay.")
    last_day = fields.day("Last day", missing="Choose the last day.")


class GlassForm(fields.NamedForm):
    name = "glass"
    reason = fields.text("Why you need to see this", glass.REASON, missing="Say why you need to see this.")


class PersonForm(fields.NamedForm):
    """Whom a case about staff is about."""

    name = "whom"
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).order_by("alias"),
        label="Who it is about",
        empty_label="Choose someone",
        error_messages={"required": "Choose who it is about.", "invalid_choice": "Choose somebody from the list."},
    )


class LetGoForm(fields.NamedForm):
    name = "go"
    reason = forms.ChoiceField(
        label="Why it goes",
        choices=locking.REASONS.items(),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it goes."},
    )


class ConcernForm(fields.NamedForm):
    name = "concern"
    version = fields.number()
    kind = forms.ChoiceField(
        choices=Concern.Kind.choices,
        widget=forms.HiddenInput,
        error_messages={"required": "Choose what this is about."},
    )
    words = fields.text("What makes you think so", raising.WORDS, required=False)
