"""What an asker types and chooses. Every form shows again what was typed when something is wrong with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from askpeer import prose, receipts
from askpeer.errors import Refused
from questions.intake import (
    asking,
    feedback,
    following,
    helping,
    kept,
    languages,
    replying,
    reporting,
    suggesting,
)
from questions.intake.cards import CARDS, MOMENT_LIMIT, MOMENTS
from questions.models import Topic
from questions.publication.models import Consent

AGES = [
    ("under-11", _("Under 11")),
    ("11-12", _("11 or 12")),
    ("13-15", _("13 to 15")),
    ("16-17", _("16 or 17")),
    ("18-21", _("18 to 21")),
    ("22-25", _("22 to 25")),
    ("rather-not-say", _("I'd rather not say")),
]
NATIONS = {
    "BE": [("BE-VLG", _("Flanders")), ("BE-BRU", _("Brussels")), ("BE-WAL", _("Wallonia"))],
    "GB": [
        ("GB-ENG", _("England")),
        ("GB-SCT", _("Scotland")),
        ("GB-WLS", _("Wales")),
        ("GB-NIR", _("Northern Ireland")),
    ],
}
WANTS = [("listening", _("Someone to listen")), ("ideas", _("Ideas to try")), ("facts", _("Facts"))]
WRITERS = [("anyone", _("Anyone here")), ("adult", _("Someone 18 or over")), ("expert", _("An expert"))]
CONSENTS = [
    (Consent.Choice.SHOW_ME, _("Show me first")),
    (Consent.Choice.YES, _("Yes, share it")),
    (Consent.Choice.NO, _("No, keep it private")),
]
EMAIL_LIMIT = 254  # characters
NOT_SURE = "not-sure"  # the topic of that name; an asker who isn't sure leaves the choice to us
FROM_LIST = {"invalid_choice": _("Choose from the list."), "invalid_list": _("Choose from the list.")}
TOO_LONG = {
    "max_length": _(
        "There is room for %(limit_value)d characters. This has %(show_value)d. Nothing is lost: make it shorter."
    )
}


class Words(forms.CharField):
    """A text in its canonical form, with what is wrong said in our sentences."""

    def __init__(self, *, max_length: int, long: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs["error_messages"] = TOO_LONG | kwargs.get("error_messages", {})
        widget = forms.Textarea(attrs={"rows": 5}) if long else forms.TextInput()
        super().__init__(max_length=max_length, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        try:
            return prose.canonical(super().to_python(value) or "")
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None


def _radios(choices: list, **kwargs: Any) -> forms.ChoiceField:
    messages = FROM_LIST | kwargs.pop("error_messages", {})
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=messages, **kwargs)


def _yes_or_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        label=label,
        error_messages=FROM_LIST,
    )


def nations() -> list[tuple[str, Any]]:
    """Where the service and its languages are at home, the reader's own country first; all where its calendar names no
    country.
    """
    here = [helping.country(""), helping.home(), *languages.countries()] if helping.home() else NATIONS
    known = [nation for country in dict.fromkeys(here) for nation in NATIONS.get(country, [])]
    return [("", _("I'd rather not say")), *known, (asking.ELSEWHERE, _("Somewhere else"))]


class AboutForm(forms.Form):
    """Ask 1: a little about you."""

    age_band = _radios(
        AGES,
        label=_("How old are you?"),
        error_messages={"required": _("Choose how old you are. You can say you'd rather not.")},
    )
    nation = forms.ChoiceField(
        choices=nations,
        required=False,
        label=_("Where do you live?"),
        help_text=_("So that we name help that is near you."),
        error_messages=FROM_LIST,
    )
    wants = forms.MultipleChoiceField(
        choices=WANTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("What would help?"),
        error_messages=FROM_LIST,
    )
    writer = _radios(WRITERS, required=False, initial="anyone", label=_("Who may write to you?"))
    may_know_advisor = forms.BooleanField(required=False, label=_("I may know someone who works here"))
    about_staff = forms.BooleanField(required=False, label=_("It's about someone who works here"))
    about_lead = forms.BooleanField(required=False, label=_("It's about the person in charge of keeping people safe"))
    shown = forms.CharField(required=False, widget=forms.HiddenInput, max_length=600)

    def clean_writer(self) -> str:
        return self.cleaned_data["writer"] or "anyone"

    def kept(self) -> dict[str, Any]:
        """What of it waits in the draft."""
        return {name: value for name, value in self.cleaned_data.items() if name != "shown"}


class WordsForm(forms.Form):
    """Ask 2: what's going on?"""

    text = Words(max_length=asking.LIMIT, label=_("What's going on?"))
    cards = forms.MultipleChoiceField(
        choices=CARDS, required=False, widget=forms.CheckboxSelectMultiple, error_messages=FROM_LIST
    )
    topic = forms.ChoiceField(required=False, label=_("What is it about?"), error_messages=FROM_LIST)
    website = forms.CharField(required=False)  # no person sees it, so whoever fills it in is no person

    def __init__(self, *args: Any, clean: bool = False, may_be_empty: bool = False, **kwargs: Any) -> None:
        """clean has topics under their clean labels; may_be_empty is for somebody who only goes back a page."""
        super().__init__(*args, **kwargs)
        self.may_be_empty = may_be_empty
        self.fields["topic"].choices = lambda: [("", _("Not sure")), *topics(clean=clean)]  # type: ignore[attr-defined]
        for number, label in enumerate(MOMENT_LABELS, start=1):
            self.fields[f"moment_{number}"] = Words(max_length=MOMENT_LIMIT, long=False, label=label)

    def moments(self) -> list[forms.BoundField]:
        return [self[f"moment_{number}"] for number in range(1, MOMENTS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        timeline = [data.get(f"moment_{number}", "") for number in range(1, MOMENTS + 1)]
        data["timeline"] = [moment for moment in timeline if moment]
        if not self.errors and not self.may_be_empty and not (data["text"] or data["cards"] or data["timeline"]):
            self.add_error("text", _("Write something, or choose a card. One word is enough."))
        return data

    def kept(self) -> dict[str, Any]:
        """What of it waits in the draft."""
        data = self.cleaned_data
        return {name: data[name] for name in ("text", "cards", "timeline", "topic")} | {
            "trapped": bool(data["website"]),
            "moments": [data[f"moment_{number}"] for number in range(1, MOMENTS + 1)],
        }


MOMENT_LABELS = [
    _("First"),
    _("Then"),
    _("After that"),
    _("And then"),
    _("Not long ago"),
    _("Now"),
]


def topics(*, clean: bool = False) -> list[tuple[str, str]]:
    """(slug, label) of every topic that can be chosen, in its order, but for the one that the empty choice stands for.

    clean is for the clean label, where a topic has one.
    """
    found = Topic.objects.exclude(slug=NOT_SURE).exclude(retired=True)
    rows = kept.value("topics", lambda: list(found.values_list("slug", "label", "clean_label")))
    return [(slug, (clean and clean_label) or label) for slug, label, clean_label in rows]


class WordForm(forms.Form):
    """What would you call this?"""

    word = Words(
        max_length=suggesting.LIMIT,
        long=False,
        label=_("Your word, or a few"),
        help_text=_("No names of people, please."),
    )


class SendForm(forms.Form):
    """Ask 3: code only, or an e-mail too."""

    email = Words(
        max_length=EMAIL_LIMIT,
        long=False,
        label=_("Your e-mail, if you want to hear when there is something to read"),
        help_text=_("Leave it empty to use six words alone. If you do give one, not a school or family address."),
    )

    def clean_email(self) -> str:
        try:
            return asking.check_email(self.cleaned_data["email"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None


class OpenForm(forms.Form):
    """The six words; with what was typed into a page that had closed, so that it is not lost."""

    receipt = forms.CharField(
        max_length=receipts.LONGEST_INPUT,
        label=_("Your six words"),
        help_text=_("Big or small letters, spaces or dashes: all fine."),
        error_messages=TOO_LONG | {"required": _("Type your six words.")},
    )
    wrote = Words(max_length=20_000, label=_("What you wrote"))
    act = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)


SOME_WORDS = {"required": _("Write something. One word is enough.")}


class ReplyForm(forms.Form):
    text = Words(max_length=replying.LIMIT, label=_("Your reply"), required=True, error_messages=SOME_WORDS)


class FollowUpForm(forms.Form):
    text = Words(
        max_length=following.LIMIT,
        label=_("What would you like to add or ask?"),
        required=True,
        error_messages=SOME_WORDS,
    )
    someone_else = forms.BooleanField(required=False, label=_("I'd like someone else to answer this time"))


class FeedbackForm(forms.Form):
    felt_heard = _yes_or_no(_("Did you feel heard?"))
    next_step = _yes_or_no(_("Do you know a next step?"))
    knew_checked = _yes_or_no(_("Did you know an expert checks answers?"))
    words = Words(max_length=feedback.LIMIT, label=_("Anything you want to say about it"))


class ReportForm(forms.Form):
    words = Words(max_length=reporting.LIMIT, label=_("What is wrong with it?"))


class ConsentForm(forms.Form):
    choice = _radios(
        CONSENTS,
        initial=Consent.Choice.SHOW_ME,
        label=_("May we share a version of this that nobody can tell is yours?"),
        error_messages={"required": _("Choose one of the three.")},
    )
    version = forms.IntegerField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("We changed the words a moment ago. Please read them again.")},
    )


class TalkForm(forms.Form):
    """The sheet to talk from: changed by the asker first, stored nowhere."""

    text = Words(max_length=12_000, label=_("What the sheet will say"))
