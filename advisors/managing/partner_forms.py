"""What the pages of a partner send. Each that changes something names what it saw, so that nothing is overwritten."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from advisors import fields
from advisors.managing import partners
from askpeer import addresses
from questions import states
from questions.models import Signpost
from questions.partners import keys
from questions.partners.models import Partner, PartnerKey

ORIGINS = 2000  # characters
MOST_DAYS = 3660  # a key lasts ten years at most
OLD = "Look at how it stands now, then try again."
# Under 11 nobody is asked anything, and whoever would rather not say is refused by no partner.
AGES = {band: band.replace("-", " to ") for band in states.AGE_BANDS if band not in {"under-11", "rather-not-say"}}
KINDS = [
    (Partner.Kind.CLUB, "A club or youth service"),
    (Partner.Kind.PORTAL, "A site for young people"),
    (Partner.Kind.SCHOOL, "A school"),
]
SCOPES = {
    "ask": "ask: send questions and follow-ups",
    "read": "read: everything else that a receipt opens",
    "publish": "publish: show the library",
}
LABELS = [("own", "Young people's own words"), ("clean", "Clean labels, where a topic has one")]


class SeeingForm(forms.Form):
    """A form that names what it saw, and is refused when that holds no more."""

    seen = forms.CharField(
        max_length=40, widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "max_length"), OLD)
    )

    @staticmethod
    def mark(partner: Partner) -> str:
        """By what the form knows it."""
        raise NotImplementedError

    def look_again(self, partner: Partner) -> None:
        """What is typed is kept, and may be sent over what holds now: the page shows it."""
        sent: Any = self.data
        self.data = sent = sent.copy()
        sent["seen"] = self.mark(partner)


class NewForm(forms.Form):
    """A partner that is not there yet."""

    name = forms.CharField(
        max_length=partners.NAME,
        help_text="Young people read it where the partner can see what they write.",
        error_messages={"required": "Give the partner a name.", **fields.too_long(partners.NAME)},
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=KINDS,
        widget=forms.RadioSelect,
        help_text="It cannot be changed later. A school gets no key to ask or read with.",
        error_messages={"required": "Choose what it is.", "invalid_choice": "Choose what it is from the list."},
    )
    slug = forms.CharField(
        label="Short name for addresses",
        max_length=partners.SLUG,
        required=False,
        help_text="Left empty, it is made from the name. It cannot be changed later.",
        error_messages=fields.too_long(partners.SLUG),
    )


class RulesForm(SeeingForm):
    """What it may ask, whom it is shown, how often it may call."""

    mark = staticmethod(partners.mark_of_rules)
    labels = forms.ChoiceField(
        label="How topics are named on its pages",
        choices=LABELS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how topics are named.", "invalid_choice": "Choose one from the list."},
    )
    ages = forms.MultipleChoiceField(
        label="Ages it may ask for",
        choices=AGES.items(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Somebody of another age is shown the way to our own pages.",
        error_messages={"required": "Choose one age at least.", "invalid_choice": "Choose ages from the list."},
    )
    signposts = fields.RowsField(
        label="Services named beside our own",
        queryset=Signpost.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "Choose services from the list.",
            "invalid_pk_value": "Choose from the list.",
        },
    )
    requests_a_minute = forms.IntegerField(
        min_value=1,
        max_value=fields.LARGEST,
        help_text="With all its keys together.",
        widget=forms.TextInput,  # a browser's own number field loses what is no number
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Write how many requests a minute, as a number."
        ),
    )

    @classmethod
    def of(cls, partner: Partner) -> "RulesForm":
        return cls(
            initial={
                "seen": partners.mark_of_rules(partner),
                "labels": "clean" if partner.clean_labels else "own",
                "ages": partner.ages or list(AGES),
                "signposts": list(partner.signposts.values_list("pk", flat=True)),
                "requests_a_minute": partner.requests_a_minute,
            }
        )

    def given(self) -> dict[str, Any]:
        """What partners.set_rules takes: every age is no limit of ages."""
        sent = self.cleaned_data
        return {
            "seen": sent["seen"],
            "clean_labels": sent["labels"] == "clean",
            "ages": [] if set(sent["ages"]) == set(AGES) else sent["ages"],
            "signposts": list(sent["signposts"]),
            "requests_a_minute": sent["requests_a_minute"],
        }


class LookForm(SeeingForm):
    """Where its button stands and in which colour."""

    mark = staticmethod(partners.mark_of_look)
    origins = forms.CharField(
        label="Where its button may stand",
        max_length=ORIGINS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, like https://www.example.org, without anything after the host.",
        error_messages=fields.too_long(ORIGINS),
    )
    colour = forms.CharField(
        max_length=7,
        required=False,
        help_text="Like #0b5d5b. Left empty, it is ours.",
        error_messages={"max_length": "Write the colour like #0b5d5b."},
    )

    @classmethod
    def of(cls, partner: Partner) -> "LookForm":
        shown = {"origins": "\n".join(partner.origins), "colour": partner.colour}
        return cls(initial={"seen": partners.mark_of_look(partner), **shown})

    def given(self) -> dict[str, Any]:
        """What partners.set_look takes."""
        sent = self.cleaned_data
        lines = [line.strip() for line in sent["origins"].splitlines()]
        return {"seen": sent["seen"], "origins": [line for line in lines if line], "colour": sent["colour"]}


def _scopes(offered: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="What may be done with it?",
        choices=offered,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one thing at least.", "invalid_choice": "Choose from the list."},
    )


class KeyForm(SeeingForm):
    """A key: what it may do and how long. A school is offered what a school may have."""

    mark = staticmethod(partners.mark_of_keys)
    scopes = forms.MultipleChoiceField()
    last_day = forms.DateField(
        label="Last day it works",
        required=False,
        help_text="Left empty, it works until it is revoked.",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day like 2027-02-28."},
    )

    def __init__(self, *args: Any, partner: Partner, today: date, **kwargs: Any) -> None:
        kwargs |= {"initial": {"seen": self.mark(partner)}}
        super().__init__(*args, **kwargs)
        barred = keys.NOT_FOR_SCHOOLS if partner.kind == Partner.Kind.SCHOOL else frozenset[str]()
        self.today = today
        offered = [(name, SCOPES[name]) for name in PartnerKey.SCOPES if name not in barred]
        self.fields["scopes"] = _scopes(offered)

    def clean_last_day(self) -> date | None:
        day = self.cleaned_data["last_day"]
        if day and day < self.today:
            raise forms.ValidationError("That day is over. Choose a later one, or leave it empty.")
        if day and day > self.today + timedelta(days=MOST_DAYS):
            raise forms.ValidationError("A key can last ten years at most. Leave it empty for one without an end.")
        return day

    def given(self, zone: ZoneInfo) -> dict[str, Any]:
        """What partner_access.make_key takes: the last day is the service's, and ends at its midnight."""
        sent = self.cleaned_data
        over = sent["last_day"] and datetime.combine(sent["last_day"] + timedelta(days=1), time(), zone).astimezone(UTC)
        return {"seen": sent["seen"], "scopes": sent["scopes"], "expires": over}


class HookForm(forms.Form):
    """An address that is told of changes."""

    url = forms.CharField(
        label="Address",
        max_length=addresses.LONGEST,
        help_text="It begins with https:// and is on the public internet. The partner tells you which.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write the address.", **fields.too_long(addresses.LONGEST)},
    )


class SeenForm(forms.Form):
    """A button that acts on a row as the page showed it; empty for a moment that there was none."""

    seen = forms.DateTimeField(required=False, error_messages={"invalid": OLD})

    @classmethod
    def moment(cls, data: Any) -> datetime | None:
        """The moment that was sent; one that is none matches no row."""
        form = cls(data)
        return form.cleaned_data["seen"] if form.is_valid() else datetime.min.replace(tzinfo=UTC)


class ShownForm(forms.Form):
    """Which secrets stood on a page whose reader says they have copied them."""

    row = forms.UUIDField()

    @classmethod
    def rows(cls, data: QueryDict) -> list[UUID]:
        """Those that were sent; what is none of a row's is left aside."""
        forms_of = [cls({"row": sent}) for sent in data.getlist("row")]
        return [form.cleaned_data["row"] for form in forms_of if form.is_valid()]
