"""Who still has company at every answer, and who says that they need none any more."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.beside import lifting
from advisors.models import Person
from advisors.signoff.doors import around, attempt, refusals, reviewers
from askpeer.errors import Refused, Stale


class PutBackForm(forms.Form):
    person = forms.ChoiceField(
        label="Who", error_messages={"required": "Choose somebody.", "invalid_choice": "Choose somebody of the list."}
    )
    why = forms.ChoiceField(
        label="Why",
        choices=list(lifting.WHY.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the reasons.", "invalid_choice": "Choose one of the reasons."},
    )

    def __init__(self, *args: Any, alone: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in alone}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose somebody"), *((pk, person.alias) for pk, person in self.people.items())]

    def clean_person(self) -> Person:
        return self.people[self.cleaned_data["person"]]


@reviewers
@require_http_methods(["GET"])
@refusals
def newcomers(request: StaffRequest) -> HttpResponse:
    return _page(request, PutBackForm(alone=lifting.alone()))


@reviewers
@require_http_methods(["POST"])
@refusals
def lift(request: StaffRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(Person, pk=pk)
    try:
        lifting.lift(person=person, by=request.user, now=timezone.now())
    except Refused as refusal:
        form = PutBackForm(alone=lifting.alone())
        status = 409 if isinstance(refusal, Stale) else 422
        return _page(request, form, sentence=str(refusal), status=status)
    messages.success(request, f"{person.alias} writes without company from now on, and reads so on their desk.")
    return redirect("beside:newcomers")


@reviewers
@require_http_methods(["POST"])
@refusals
def put_back(request: StaffRequest) -> HttpResponse:
    form = PutBackForm(request.POST, alone=lifting.alone())
    status = attempt(form, lambda **given: lifting.put_back(by=request.user, now=timezone.now(), **given))
    if status:
        return _page(request, form, status=status)
    messages.success(request, f"{form.cleaned_data['person'].alias} has company again, and reads so on their desk.")
    return redirect("beside:newcomers")


def _page(request: StaffRequest, form: PutBackForm, *, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {"newcomers": lifting.newcomers(request.user), "form": form, "sentence": sentence}
    return render(request, "beside/newcomers/list.html", context | around(request), status=status)
