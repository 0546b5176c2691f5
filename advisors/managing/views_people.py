"""The manager's pages of the people: everybody, one of them, and the end of an account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors import consenting
from advisors.access import StaffRequest
from advisors.managing import people, people_said
from advisors.managing.people_forms import FORMS, GuardianForm, PersonForm
from advisors.managing.sections import TABS
from advisors.managing.views import manager
from advisors.models import Person
from advisors.signoff import leaving
from askpeer.errors import Refused, Stale

# What was let go with a change, for one and for several.
LET_GO = {
    "questions": ("1 question they held went back to the queue.", "{} questions they held went back to the queue."),
    "signatures": ("1 signature of theirs is void.", "{} signatures of theirs are void."),
    "own_words": (
        "1 text of theirs that waited for a second person ended unsent.",
        "{} texts of theirs that waited for a second person ended unsent.",
    ),
    "turns": ("1 turn of theirs is off the rota.", "{} turns of theirs are off the rota."),
}


def _draw(request: StaffRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"managing/people/{template}.html", {"sections": TABS, **context}, status=status)


@require_safe
@manager
def listed(request: StaffRequest) -> HttpResponse:
    return _draw(request, "list", rows=people_said.listed(now=timezone.now()))


@require_safe
@manager
def person(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _person(request, _person_or_404(pk), {}, timezone.now())


@require_POST
@manager
def change(request: StaffRequest, pk: UUID, part: str) -> HttpResponse:
    now, row = timezone.now(), _person_or_404(pk)
    form = FORMS[part].of(row, now=now, data=request.POST)
    try:
        changed = form.keep(person=row, by=request.user, now=now) if form.is_valid() else None
    except Stale as stale:
        return _stale(request, row, form, stale, now)
    if changed is None:
        return _person(request, row, {part: form}, now, status=422)
    messages.success(request, _done(changed))
    return redirect("manage:person", row.pk)


def _stale(request: StaffRequest, row: Person, form: PersonForm, stale: Stale, now: datetime) -> HttpResponse:
    row.refresh_from_db()
    form.look_again(row)
    messages.error(request, str(stale))
    return _person(request, row, {form.name: form}, now, status=409)


def _done(changed: people.Changed) -> str:
    if not changed.fields:
        return "Nothing was different, so nothing was changed."
    counts = {name: getattr(changed, name) for name in LET_GO}
    said = [LET_GO[name][count > 1].format(count) for name, count in counts.items() if count]
    return " ".join(["Kept.", *said])


def _person(
    request: StaffRequest,
    row: Person,
    given: dict[str, PersonForm],
    now: datetime,
    status: int = 200,
    guardian: GuardianForm | None = None,
) -> HttpResponse:
    forms = {name: given.get(name) or form.of(row, now=now) for name, form in FORMS.items()}
    spoken = forms["work"].fields["spoken"]
    names = dict(getattr(spoken, "choices", []))
    return _draw(
        request,
        "person",
        status=status,
        person=row,
        row=people_said.row(row, now=now),
        forms=forms,
        open=next(iter(given), ""),
        guardian=guardian or GuardianForm(),
        asked=row.guardian_requests.order_by("-pk").first(),
        now=now,
        trouble=guardian or next(iter(given.values()), None),
        spoken=["English", *(names[code] for code in row.languages if code in names)],
    )


def _person_or_404(pk: UUID) -> Person:
    return get_object_or_404(Person.objects.select_related("partner", "buddy"), pk=pk)


@require_POST
@manager
def ask_guardian(request: StaffRequest, pk: UUID) -> HttpResponse:
    now, row = timezone.now(), _person_or_404(pk)
    form = GuardianForm(request.POST)
    try:
        if form.is_valid():
            consenting.ask_again(person=row, email=form.cleaned_data["email"], by=request.user, now=now)
            messages.success(request, "Asked. The link in the mail works for 14 days.")
            return redirect("manage:person", row.pk)
    except Refused as refusal:
        form.add_error("email", str(refusal))
    return _person(request, row, {}, now, status=422, guardian=form)


@require_POST
@manager
def sign_out(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = _person_or_404(pk)
    count = people.sign_out(person=row, by=request.user, now=timezone.now())
    messages.success(request, f"{row.alias} is signed out in {count} place{'' if count == 1 else 's'}.")
    return redirect("manage:person", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def leave(request: StaffRequest, pk: UUID) -> HttpResponse:
    now, row = timezone.now(), get_object_or_404(Person, pk=pk)
    if request.method != "POST":
        return _leave(request, row, now)
    try:
        leaving.leave(person=row, by=request.user, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _leave(request, row, now, status=409 if isinstance(refusal, Stale) else 422)
    messages.success(request, f"{row.alias} has left. What they held is back in the queue.")
    return redirect("manage:people")


def _leave(request: StaffRequest, row: Person, now: datetime, status: int = 200) -> HttpResponse:
    why_not = leaving.why_not(person=row, by=request.user)
    holds = None if why_not else people_said.holds(row, now=now)
    return _draw(request, "leave", status=status, person=row, why_not=why_not, holds=holds)
