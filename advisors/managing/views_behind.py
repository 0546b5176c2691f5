"""What is behind the service: how the machinery stands, and the trail."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from advisors import fields
from advisors.access import StaffRequest
from advisors.managing import standing, trail
from advisors.managing.sections import TABS
from advisors.managing.views import manager
from advisors.models import Person
from askpeer.errors import Misfit


def _actors() -> list[tuple[str, str]]:
    people = Person.objects.order_by("alias").values_list("pk", "alias")
    return [("", "Anybody"), *((str(pk), alias) for pk, alias in people), *trail.ACTORS.items()]


class FilterForm(forms.Form):
    """What of the trail is looked for; nothing has to be."""

    kind = forms.ChoiceField(
        label="What about",
        choices=[("", "Anything"), *sorted(trail.KINDS.items(), key=lambda one: one[1])],
        required=False,
        error_messages={"invalid_choice": "Choose what it is about from the list."},
    )
    subject = forms.CharField(
        label="Its id",
        max_length=trail.LONGEST,
        required=False,
        help_text="Whole, as the lines below have it.",
        error_messages=fields.too_long(trail.LONGEST),
    )
    actor = forms.ChoiceField(
        label="By whom",
        required=False,
        error_messages={"invalid_choice": "Choose somebody from the list."},
    )
    day = fields.day("On the day", missing="")
    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = False
        actor: Any = self.fields["actor"]
        actor.choices = _actors()
        self.fields["before"].error_messages |= dict.fromkeys(
            ("invalid", "min_value", "max_value"), "That page is none. Here is how to begin anew."
        )

    def look(self) -> trail.Page | None:
        """The page that was asked for; None where it will not do, which the form then says."""
        if not self.is_valid():
            return None
        try:
            return trail.page(**self.cleaned_data)
        except Misfit as refusal:
            self.add_error(refusal.field, str(refusal))
            return None

    def older(self, page: trail.Page) -> str:
        """The address of the page after this one, or ""."""
        if page.before is None:
            return ""
        asked = {name: value for name, value in self.cleaned_data.items() if value and name != "before"}
        return "?" + urlencode(asked | {"before": page.before})


@require_safe
@manager
def health(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    parts = standing.parts(now=now)
    context = {
        "sections": TABS,
        "parts": parts,
        "unwell": [part for part in parts if not part.is_well],
        "well": [part for part in parts if part.is_well],
        "at": trail.moment(now),
    }
    return render(request, "managing/health.html", context)


@require_safe
@manager
def history(request: StaffRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    page = form.look()
    seal = trail.last_seal()
    context = {
        "sections": TABS,
        "form": form,
        "page": page,
        "older": form.older(page) if page else "",
        "seal": seal,
        "sealed_at": trail.moment(seal.at) if seal else "",
        "filtered": any(form.data.get(name) for name in form.fields),
    }
    return render(request, "managing/history.html", context, status=200 if page else 422)
