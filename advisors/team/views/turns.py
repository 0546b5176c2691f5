"""When somebody means to be here, and when they are away."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest, staff
from advisors.fields import LARGEST, NamedForm
from advisors.models import Role
from advisors.team import planning
from advisors.team.forms import AwayForm, TurnForm
from advisors.team.sections import of as sections_of
from askpeer.errors import Refused, Stale

writers = staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD)


@writers
@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest) -> HttpResponse:
    """Their plan, a form for one more turn, and one for days away."""
    now = timezone.now()
    if request.method == "GET":
        return _page(request, now)
    form = TurnForm(request.POST)
    if form.is_valid():
        try:
            row = planning.plan(person=request.user, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "It's on your plan. The duty board shows it that day.")
            if doubt := planning.doubt(row):
                messages.warning(request, doubt)
            return redirect("team:turns")
    return _page(request, now, form, status=422)


@writers
@require_http_methods(["POST"])
def be_away(request: StaffRequest) -> HttpResponse:
    form, now = AwayForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            taken_off = planning.be_away(person=request.user, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Nothing is asked of you on these days.{_also(taken_off)}")
            return redirect("team:turns")
    return _page(request, now, form, status=422)


def _also(turns: int) -> str:
    if not turns:
        return ""
    return " One turn is off your plan with it." if turns == 1 else f" {turns} turns are off your plan with it."


@writers
@require_http_methods(["POST"])
def take_off(request: StaffRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    try:
        planning.take_off(turn=min(pk, LARGEST), person=request.user, now=now)
    except Stale as stale:
        return _page(request, now, sentence=str(stale), status=409)
    messages.success(request, "It's off your plan.")
    return redirect("team:turns")


@writers
@require_http_methods(["POST"])
def be_back(request: StaffRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    try:
        planning.be_back(absence=min(pk, LARGEST), person=request.user, now=now)
    except Stale as stale:
        return _page(request, now, sentence=str(stale), status=409)
    messages.success(request, "It's off your plan. Welcome back.")
    return redirect("team:turns")


def _page(
    request: StaffRequest, now: datetime, bound: NamedForm | None = None, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    given = {bound.name: bound} if bound else {}
    context = {
        "sections": sections_of(request.user, now=now),
        "sentence": sentence,
        "bound": bound,
        "turn_form": given.get("turn") or TurnForm(),
        "away_form": given.get("away") or AwayForm(),
        "turns": planning.ahead(request.user, now=now),
        "absences": planning.away_ahead(request.user, now=now),
        "is_young": request.user.is_under_18(now),
    }
    return render(request, "team/turns/plan.html", context, status=status)
