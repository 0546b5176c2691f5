"""The manager's rota. Each view parses, calls one verb, answers."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from advisors import alerting
from advisors.access import StaffRequest, staff
from advisors.duty import clock, rota
from advisors.duty.forms import AbsenceForm, OnCallForm, ShiftForm
from advisors.duty.models import Absence, Shift
from advisors.fields import NamedForm
from advisors.models import Role
from askpeer.errors import Refused, Stale
from questions.intake.models import OnCall

KINDS: dict[str, type[Shift | OnCall | Absence]] = {"shifts": Shift, "on-call": OnCall, "absences": Absence}
NOBODY = "Nobody is on hand now: a red alert goes to everybody who may read it."
manager = staff(Role.MANAGER)


@require_safe
@manager
def edit(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@manager
def add_shift(request: StaffRequest) -> HttpResponse:
    return _add(request, ShiftForm(request.POST), rota.add_shift, "The shift is on the rota.")


@require_POST
@manager
def add_on_call(request: StaffRequest) -> HttpResponse:
    return _add(request, OnCallForm(request.POST), rota.add_on_call, "The turn on call is on the rota.")


@require_POST
@manager
def add_absence(request: StaffRequest) -> HttpResponse:
    return _add(request, AbsenceForm(request.POST), rota.add_absence, "The absence is on the rota.")


def _add(request: StaffRequest, form: NamedForm, verb: Callable[..., object], said: str) -> HttpResponse:
    if form.is_valid():
        try:
            row = verb(**form.cleaned_data, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
    if form.errors:
        return _page(request, form, status=422)
    messages.success(request, said)
    if isinstance(row, Shift | OnCall) and (doubt := rota.doubt(row)):
        messages.warning(request, doubt)
    return redirect("duty:rota")


@require_POST
@manager
def remove(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    row, now = cast(Shift | OnCall | Absence, get_object_or_404(KINDS[kind], pk=pk)), timezone.now()
    try:
        rota.remove(row, by=request.user, now=now)
    except Stale as stale:
        messages.error(request, str(stale))
        return _page(request, status=409)
    messages.success(request, "It is off the rota.")
    if not isinstance(row, Absence) and not alerting.on_hand(now=now):
        messages.warning(request, NOBODY)
    return redirect("duty:rota")


def _page(request: StaffRequest, bound: NamedForm | None = None, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    given = {bound.name: bound} if bound else {}
    context = {
        "bound": bound,
        "shifts": _said(rota.shifts_ahead(now=now)),
        "calls": _said(rota.calls_ahead(now=now)),
        "absences": rota.absences_ahead(now=now),
        "shift_form": given.get("shift") or ShiftForm(),
        "call_form": given.get("on-call") or OnCallForm(),
        "absence_form": given.get("absence") or AbsenceForm(),
    }
    return render(request, "duty/rota/edit.html", context, status=status)


def _said(turns: list[Any]) -> list[tuple[Any, str, str]]:
    """Each turn with its two moments in words."""
    return [(turn, clock.said(turn.starts_at), clock.said(turn.ends_at)) for turn in turns]
