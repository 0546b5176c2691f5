"""What the pages of the topics send."""

import re
from typing import Any

from django import forms

from advisors import fields, marks
from advisors.managing import topics
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Topic

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def canonical(typed: str) -> str:
    try:
        return prose.canonical(typed)
    except Refused as refusal:
        raise forms.ValidationError(str(refusal)) from None


class Words(forms.CharField):
    """A list of words, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        typed = [" ".join(word.split()) for word in canonical(super().clean(value)).replace("\n", ",").split(",")]
        first: dict[str, str] = {}
        for word in filter(None, typed):
            first.setdefault(word.casefold(), word)
        words = list(first.values())
        most, longest = Topic.MOST_KEYWORDS, Topic.LONGEST_KEYWORD
        if len(words) > most:
            raise forms.ValidationError(f"A topic can have {most} keywords at most. These are {len(words)}.")
        if long := [word for word in words if len(word) > longest]:
            raise forms.ValidationError(f"A keyword can have {longest} characters at most: {long[0][:60]}")
        return words


def _text(label: str, limit: int, *, required: bool = True, missing: str = "", hint: str = "") -> forms.CharField:
    field = fields.text(label, limit, required=required, missing=missing, long=False)
    field.help_text = hint
    return field


class WordsForm(forms.Form):
    """A topic's words; slug stands only where it is not fixed yet."""

    label = _text(
        "What young people call it",
        topics.LABEL,
        missing="Give the topic a label, in young people's own words.",
        hint="In their own words, such as Lonely.",
    )
    clean_label = _text(
        "Clean label", topics.LABEL, required=False, hint="Where the label swears: what partners who ask for it show."
    )
    keywords = Words(
        label="Other words for it",
        required=False,
        max_length=topics.KEYWORDS,
        strip=False,
        help_text="With commas between them. The search finds by each, and they are not shown.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=fields.too_long(topics.KEYWORDS),
    )
    sensitive = forms.BooleanField(
        label="Heavy: kept from advisors under 18",
        required=False,
        help_text="What they hold of it goes back to the desk at once.",
    )

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        for name in {"label", "clean_label"} & set(kept):
            try:
                kept[name] = " ".join(canonical(kept[name]).split())
            except forms.ValidationError as wrong:
                self.add_error(name, wrong)
        if kept.get("label") == "":
            self.add_error("label", self.fields["label"].error_messages["required"])
        return kept


class NewForm(WordsForm):
    slug = _text(
        "Short name for addresses",
        topics.SLUG,
        required=False,
        hint="Left empty, it is made from the label. It cannot be changed later.",
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].strip()
        if slug and not SLUG.fullmatch(slug):
            raise forms.ValidationError("Use letters from a to z, numbers, and single hyphens between them.")
        return slug


class EditForm(marks.SeenForm, WordsForm):
    place = forms.IntegerField(
        label="Place in the list",
        min_value=1,
        max_value=999,
        widget=forms.TextInput,
        help_text="1 is the first that somebody who asks sees.",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Write its place in the list, as a number from 1."
        ),
    )

    @classmethod
    def of(cls, topic: Topic, place: int) -> "EditForm":
        shown = ("label", "clean_label", "keywords", "sensitive")
        return cls(
            initial={name: getattr(topic, name) for name in shown} | {"place": place, "seen": topics.seen(topic)}
        )
