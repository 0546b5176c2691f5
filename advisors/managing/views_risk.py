"""The manager's pages of the phrases that raise a question. A text that is tried goes no further than this answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors.access import StaffRequest
from advisors.managing import risk
from advisors.managing.pages import FORM, SOON, draw, manager, status_of
from advisors.managing.risk_forms import RuleForm, TryForm
from askpeer.errors import Refused
from questions.intake import languages
from questions.intake.models import RiskRule


@require_safe
@manager
def risk_list(request: StaffRequest) -> HttpResponse:
    return _list(request, TryForm())


@require_POST
@manager
def risk_try(request: StaffRequest) -> HttpResponse:
    form = TryForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    return _list(request, form, tried=risk.tried(form.cleaned_data["text"])[0])


def _list(request: StaffRequest, form: TryForm, *, status: int = 200, **context: Any) -> HttpResponse:
    rows = [(languages.name_of(row.language), row) for row in risk.listed()]
    return draw(request, "risk/list", status=status, rows=rows, form=form, **context)


@require_http_methods(FORM)
@manager
def risk_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(FORM)
@manager
def risk_rule(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, _row(pk))


def _row(pk: int) -> RiskRule:
    return get_object_or_404(RiskRule, pk=min(pk, 2**31))


def _edit(request: StaffRequest, row: RiskRule | None) -> HttpResponse:
    """One address for typing, for trying it, for what would be red no more, and for saving: the button says which."""
    if request.method != "POST":
        return _draw(request, row, RuleForm.of(row) if row else RuleForm())
    form, step = RuleForm(request.POST), request.POST.get("step")
    if step == "change":
        return _draw(request, row, form)
    if not form.is_valid():
        return _draw(request, row, form, status=422)
    if step == "try":
        return _try(request, row, form)
    return _save(request, row, form)


def _try(request: StaffRequest, row: RiskRule | None, form: RuleForm) -> HttpResponse:
    edited = risk.wanted(row, **form.given())
    before, after = risk.tried(form.cleaned_data["text"], edited=edited)
    found = risk.difference(row.phrases if row else [], edited.phrases)
    return _draw(request, row, form, before=before, after=after, found=found)


def _save(request: StaffRequest, row: RiskRule | None, form: RuleForm) -> HttpResponse:
    sent = {"seen": form.cleaned_data["seen"], "sure": request.POST.get("sure", "")}
    try:
        found = risk.save(rule=row, **form.given(), **sent, by=request.user, now=timezone.now())
    except risk.NeedsSure as needs:
        context: dict[str, Any] = {"form": form, "gone": needs.gone, "sure": risk.sure_of(needs.gone)}
        return draw(request, "risk/sure", row=row, **context)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        status = status_of(refusal)
        if status == 409 and row:
            row = _row(row.pk)
            form.look_again(risk.seen(row))
        return _draw(request, row, form, status=status)
    messages.success(
        request, f"Saved: {len(found.new)} new, {len(found.gone)} gone. Every question meets it in 30 seconds."
    )
    return redirect("manage:risk")


def _draw(
    request: StaffRequest, row: RiskRule | None, form: RuleForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    return draw(request, "risk/edit", status=status, row=row, form=form, stale=status == 409, **context)


@require_http_methods(FORM)
@manager
def risk_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """A page of its own, which names what goes."""
    row = _row(pk)
    gone = risk.red_no_more(row, None)
    context: dict[str, Any] = {
        "row": row,
        "language": languages.name_of(row.language),
        "sure": risk.sure_of(gone),
        "red": bool(gone),
    }
    if request.method != "POST":
        return draw(request, "risk/delete", seen=risk.seen(row), **context)
    sent = {name: request.POST.get(name, "") for name in ("seen", "sure")}
    try:
        found = risk.delete(rule=row, **sent, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return draw(request, "risk/delete", status=status_of(refusal), seen=risk.seen(row), **context)
    messages.success(request, f"The rule is gone, with {len(found.gone)} phrases. {SOON}")
    return redirect("manage:risk")
