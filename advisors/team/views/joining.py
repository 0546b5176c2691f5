"""Coming and going: what a newcomer still lacks, how we work here, who they are to the team, and a last day."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from advisors import doors, roles
from advisors.access import StaffRequest, staff
from advisors.models import AGREEMENT, Role
from advisors.team import agreeing, going, profiling, welcoming
from advisors.team.forms import AgreementForm, LastDayForm, ProfileForm
from advisors.team.sections import of as sections_of
from askpeer.errors import Refused, Stale
from questions.intake.languages import name_of

writers = staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD)
everybody = staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD, Role.MANAGER)
form_page = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: StaffRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    sections = sections_of(request.user, now=timezone.now())
    return render(request, f"team/joining/{template}.html", {"sections": sections, **context}, status=status)


@require_safe
@writers
def welcome(request: StaffRequest) -> HttpResponse:
    """Session, person, and what welcoming.steps() asks."""
    steps = welcoming.steps(request.user, now=timezone.now())
    missing = [step for step in steps if step.needed and not step.done]
    first = next((step for step in missing if step.url), None)
    work = doors.HOMES[Role(request.user.role)]
    return _page(request, "welcome", steps=steps, missing=missing, first=first, next=work)


@form_page
@everybody
def agreement(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = AgreementForm(request.POST if request.method == "POST" else None, initial={"wording": AGREEMENT})
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            agreeing.agree(person=request.user, wording=form.cleaned_data["wording"], ticked=form.ticked, now=now)
        except Refused as refusal:
            status = 409 if isinstance(refusal, Stale) else 422
            form = AgreementForm(initial={"wording": AGREEMENT})
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Thank you. You agreed to how we work here.")
            return redirect("team:profile" if request.user.role == Role.MANAGER else "team:welcome")
    return _page(request, "agreement", status=status, form=form, agreed=agreeing.has_agreed(request.user))


@form_page
@everybody
def profile(request: StaffRequest) -> HttpResponse:
    person, now = request.user, timezone.now()
    form = ProfileForm(
        request.POST if request.method == "POST" else None, initial={"alias": person.alias, "about": person.about}
    )
    if form.is_valid():
        try:
            profiling.change(person=person, now=now, **form.cleaned_data)
            messages.success(request, "Saved. This is how the team sees you.")
            return redirect("team:profile")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    spoken = [name_of(code) for code in person.languages]
    return _page(request, "profile", status=422 if form.errors else 200, form=form, languages=spoken)


@form_page
@writers
def leaving(request: StaffRequest) -> HttpResponse:
    form = LastDayForm(request.POST if request.method == "POST" else None, initial={"day": request.user.leaving_on})
    if form.is_valid():
        try:
            going.say(person=request.user, day=form.cleaned_data["day"], now=timezone.now())
            messages.success(request, "Thank you for telling us. Your manager sees it on their page.")
            return redirect("team:leaving")
        except Refused as refusal:
            form.add_error("day", str(refusal))
    is_last = bool(roles.why_last(request.user))
    return _page(request, "leaving", status=422 if form.errors else 200, form=form, is_last=is_last)


@require_http_methods(["POST"])
@writers
def stay(request: StaffRequest) -> HttpResponse:
    going.take_back(person=request.user, now=timezone.now())
    messages.success(request, "You're staying. We're glad.")
    return redirect("team:leaving")
