"""The manager's page of how many questions are taken."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.managing import limits
from advisors.managing.limits_forms import LimitsForm
from advisors.managing.pages import FORM, SOON, draw, manager, status_of
from askpeer.errors import Refused
from questions.intake import promising


@require_http_methods(FORM)
@manager
def limits_page(request: StaffRequest) -> HttpResponse:
    """One address for typing, for what closing would mean, and for saving: the button pressed says which."""
    if request.method != "POST":
        return _draw(request, LimitsForm.of(promising.limits()))
    form, now = LimitsForm(request.POST), timezone.now()
    if request.POST.get("step") == "change":
        return _draw(request, form)
    if not form.is_valid():
        return _draw(request, form, status=422)
    try:
        after = limits.change(**form.cleaned_data, closing="closing" in request.POST, by=request.user, now=now)
    except limits.WouldClose:
        sent = {name: form.cleaned_data[name] for name in limits.NAMES}
        return draw(request, "limits/close", form=form, after=limits.outlook(limits.wanted(**sent), now=now))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        status = status_of(refusal)
        if status == 409:
            form.look_again(limits.seen(promising.limits()))
        return _draw(request, form, status=status)
    said = f"A question asked now is promised by {after.promise}." if after.promise else "Nobody can ask now."
    messages.success(request, f"Saved. {said} {SOON}")
    return redirect("manage:limits")


def _draw(request: StaffRequest, form: LimitsForm, *, status: int = 200) -> HttpResponse:
    row = promising.limits()
    context = {"form": form, "row": row, "standing": limits.outlook(row, now=timezone.now()), "stale": status == 409}
    return draw(request, "limits/home", status=status, **context)
