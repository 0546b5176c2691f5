"""Boundaries and limits: what somebody keeps away from, and how much they take, beside what the rules say."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.drafting import bounding, fitting
from advisors.drafting.doors import writers
from advisors.models import Person
from advisors.team import bounding as bounds_of
from advisors.team import wrapping_up
from advisors.team.sections import of as sections_of
from askpeer.errors import Refused
from questions.models import Topic

NO_LIMIT = ""
CHOOSE = "Choose one of the three."


class BoundsForm(forms.Form):
    """A choice for each topic and, for whom our own limits hold, one of their own."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    let_go = forms.BooleanField(required=False)  # the name of a button

    def __init__(self, *args: Any, topics: list[Topic], most: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = topics
        if most is not None:
            self.fields["most"] = _limit(most)
        for topic in topics:
            self.fields[f"topic_{topic.slug}"] = forms.ChoiceField(
                label=topic.label,
                choices=bounds_of.CHOICES,
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            )

    def each(self) -> Iterator[forms.BoundField]:
        return (self[f"topic_{topic.slug}"] for topic in self.topics)

    @property
    def choices(self) -> dict[str, str]:
        return {topic.slug: self.cleaned_data[f"topic_{topic.slug}"] for topic in self.topics}

    @property
    def most(self) -> int | None:
        said = self.cleaned_data.get("most", NO_LIMIT)
        return int(said) if said else None


def _limit(most: int) -> forms.ChoiceField:
    fewer = [(str(number), str(number)) for number in range(most - 1, 0, -1)]
    return forms.ChoiceField(
        label="How many answers at once",
        choices=[(NO_LIMIT, f"As many as the rules let me: {most}"), *fewer, ("0", "Nothing new for now")],
        required=False,
        error_messages={"invalid_choice": "Choose a limit from the list."},
    )


@writers
@require_http_methods(["GET", "POST"])
def bounds(request: StaffRequest) -> HttpResponse:
    now, topics = timezone.now(), bounds_of.topics()
    if request.method == "GET":
        return _page(request, _shown(request.user, topics, now), now)
    form = BoundsForm(request.POST, topics=topics, most=_most(request.user, now))
    if not form.is_valid():
        return _page(request, form, now, status=422)
    try:
        bounding.bound(
            person=request.user,
            choices=form.choices,
            most=form.most,
            seen=form.cleaned_data["seen"],
            let_go=form.cleaned_data["let_go"],
            now=now,
        )
    except bounds_of.Changed as changed:
        return _page(
            request, _anew(form, changed), now, status=409, changed=_apart(form, changed), sentence=str(changed)
        )
    except bounding.Held as held:
        return _page(request, form, now, status=422, held=held)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, now, status=422)
    messages.success(request, "Saved. Nobody but you reads this.")
    return redirect("desk:boundaries")


def _most(person: Person, now: datetime) -> int | None:
    return fitting.rule(person, now) if fitting.is_capped(person) else None


def _shown(person: Person, topics: list[Topic], now: datetime) -> BoundsForm:
    kept, most = bounds_of.of(person, topics), _most(person, now)
    limit = None if kept.most is None or most is None or kept.most >= most else kept.most
    initial = {f"topic_{slug}": choice for slug, choice in kept.choices.items()}
    initial |= {"seen": kept.digest, "most": NO_LIMIT if limit is None else str(limit)}
    return BoundsForm(topics=topics, most=most, initial=initial)


def _anew(form: BoundsForm, changed: bounds_of.Changed) -> BoundsForm:
    """What they chose, to be saved over what stands now if they still want that."""
    data = cast(QueryDict, form.data).copy()
    data["seen"] = changed.kept.digest
    form.data = data
    return form


def _apart(form: BoundsForm, changed: bounds_of.Changed) -> list[tuple[str, str, str]]:
    """(what, what stands now, what they chose) of each where the two differ."""
    names, kept, mine = bounds_of.NAMES, changed.kept, form.choices
    rows = [
        (topic.label, names[kept.choices[topic.slug]], names[mine[topic.slug]])
        for topic in form.topics
        if kept.choices.get(topic.slug) not in {None, mine[topic.slug]}
    ]
    if kept.most != form.most:
        rows.append(("How many at once", _said(kept.most), _said(form.most)))
    return rows


def _said(most: int | None) -> str:
    return "No limit of your own" if most is None else "Nothing new for now" if most == 0 else str(most)


def _page(request: StaffRequest, form: BoundsForm, now: datetime, *, status: int = 200, **more: Any) -> HttpResponse:
    caps = bounding.caps(request.user, now=now)
    context = {
        "sections": sections_of(request.user, now=now),
        "form": form,
        "caps": caps,
        "given": wrapping_up.said(caps.minutes) if caps else "",
        "is_young": request.user.is_under_18(now),
    }
    return render(request, "team/boundaries/edit.html", context | more, status=status)
