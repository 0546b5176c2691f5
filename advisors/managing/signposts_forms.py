"""What the pages of the directory send. Each field keeps the one rule of advisors/managing/entries.py."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from advisors import fields, marks
from advisors.managing import entries, exchanging, hours_said, signposts
from advisors.managing.entries import LIMITS, Channel, Entry
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Signpost, Topic

WAYS = 3  # boxes for ways in, and more where there are more already
KINDS = {"phone": "Phone", "text": "Text", "chat": "Chat", "email": "E-mail", "web": "Website"}
TYPED = ("name", "url", "summary", "nations", "min_age", "max_age", "remark")


@dataclass(frozen=True)
class Way:
    """One way in: its four boxes, and whether anything is in them."""

    kind: forms.BoundField
    value: forms.BoundField
    hours: forms.BoundField
    awake: forms.BoundField

    @property
    def is_used(self) -> bool:
        return any(box.value() or box.errors for box in (self.kind, self.value, self.hours, self.awake))


def _line(label: str, limit: int, hint: str = "", *, long: bool = False) -> forms.CharField:
    box = fields.text(label, limit, required=False, long=long)
    box.help_text = hint
    return box


class EntryForm(marks.SeenForm):
    """A service. Its short name is typed once, and stays."""

    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    name = _line("Name", LIMITS["name"])
    slug = _line("Short name", LIMITS["slug"], "Such as the-mix. It cannot be changed later.")
    summary = _line("What they do, in a sentence", LIMITS["summary"], long=True)
    url = _line(
        "Their own page", LIMITS["url"], "It begins with https://. You open it to check that all is as it says."
    )
    country = forms.ChoiceField(
        label="Country",
        choices=lambda: hours_said.countries().items(),
        error_messages={"required": "Choose a country.", "invalid_choice": "Choose a country from the list."},
    )
    nations = _line("Parts of the country", 200, "Codes such as GB-SCT with spaces between; empty for all of it.")
    min_age = _line("Youngest", 9, "In whole years.")
    max_age = _line("Oldest", 9, f"In whole years; {entries.OLDEST} where there is no limit.")
    topics = fields.RowsField(
        queryset=Topic.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value", "list"), "Choose topics from the list."),
    )
    crisis = forms.BooleanField(
        label="A crisis service",
        required=False,
        help_text="Shown at the top of pages, and to whoever may be in danger.",
    )
    remark = _line("Remark for staff", LIMITS["remark"])

    def __init__(self, *args: Any, today: date, there: Signpost | None = None, **kwargs: Any) -> None:
        self.today = today
        self.entry = entries.entry_of(there) if there else None
        super().__init__(*args, **kwargs | {"initial": _initial(there, self.entry)})
        if self.entry:
            del self.fields["slug"]
        self.count = max(WAYS, len(self.entry.channels) + 1 if self.entry else 0)
        for number in range(self.count):
            self.fields |= _boxes(number)
        for number, way in enumerate(self.entry.channels if self.entry else []):
            self.initial.update({f"{name}_{number}": value for name, value in _shown(way).items()})

    def ways(self) -> list[Way]:
        return [Way(*(self[f"{name}_{number}"] for name in Channel._fields)) for number in range(self.count)]

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        for name in (*TYPED, *(["slug"] if not self.entry else [])):
            if name in kept:
                self._keep(kept, name)
        kept["channels"] = list(self._channels(kept))
        for name, said in entries.check_whole(kept, today=self.today).items():
            self.add_error("value_0" if name == "channels" else name, said)
        return kept

    def _keep(self, kept: dict[str, Any], name: str) -> None:
        try:
            kept[name] = entries.RULES[name](kept[name])
        except Refused as refusal:
            self.add_error(name, f"{self[name].label}: {refusal}")

    def _channels(self, kept: dict[str, Any]) -> Iterator[Channel]:
        for number in range(self.count):
            typed = [kept.get(f"{name}_{number}", "") for name in Channel._fields]
            if f"kind_{number}" not in kept or not any(part.strip() for part in typed[1:]):
                continue
            try:
                yield entries.channel(*typed)
            except Refused as refusal:
                self.add_error(f"value_{number}", f"Way in {number + 1}: {refusal}")

    def given(self) -> Entry:
        """The entry as it was typed; when it was last checked is no part of the form."""
        kept: dict[str, Any] = {name: self.cleaned_data.get(name) for name in Entry._fields}
        kept["slug"] = self.entry.slug if self.entry else kept["slug"]
        kept["topics"] = sorted(topic.slug for topic in self.cleaned_data["topics"])
        return Entry(**kept | {"last_verified": self.entry.last_verified if self.entry else None})


def _boxes(number: int) -> dict[str, forms.Field]:
    label = f"Way in {number + 1}"
    return {
        f"kind_{number}": forms.ChoiceField(
            label="Kind",
            required=False,
            choices=[("", "Choose"), *KINDS.items()],
            error_messages={"invalid_choice": f"{label}: choose a kind from the list."},
        ),
        f"value_{number}": _line("Number or address", LIMITS["value"]),
        f"hours_{number}": _line("Hours in words", LIMITS["hours"], "As young people read them."),
        f"awake_{number}": _line("When somebody answers", 200, "9-17, or 9-17 mon tue; 10-12 sat. Empty for always."),
    }


def _shown(way: Channel) -> dict[str, str]:
    spans = entries.awake_said(way.awake) if way.awake else ""
    return {"kind": way.kind, "value": way.value, "hours": way.hours, "awake": spans}


def _initial(row: Signpost | None, entry: Entry | None) -> dict[str, Any]:
    if row is None or entry is None:
        return {"country": "GB", "min_age": 0, "max_age": entries.OLDEST}
    shown = {name: getattr(entry, name) for name in (*TYPED, "country", "crisis")}
    topics = [topic.pk for topic in row.topics.all()]
    return shown | {"nations": " ".join(entry.nations), "topics": topics, "seen": signposts.seen(row)}


class FileForm(forms.Form):
    """A file with the directory in it, or what was read from one a moment ago."""

    file = forms.FileField(
        label="The file",
        allow_empty_file=True,
        help_text="CSV in UTF-8, with the columns of the file that we give out. Up to 200 kB.",
        error_messages={"required": "Choose a file.", "invalid": "Choose a file.", "missing": "Choose a file."},
    )

    def text(self) -> str:
        """Raises Refused."""
        return exchanging.decode(self.cleaned_data["file"].read())

    def named(self) -> str:
        """What the file is called, as it can be said on a page."""
        return prose.canonical(self.cleaned_data["file"].name.replace("\0", ""))[:80] or "the file"
