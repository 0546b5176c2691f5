"""Late questions get a new date, several at once."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import doors
from advisors.access import StaffRequest
from advisors.signoff import redating
from advisors.signoff.doors import attempt, handlers, page, refusals
from advisors.signoff.forms.duty import RedateForm
from askpeer import calendars


@handlers
@require_http_methods(["GET", "POST"])
@refusals
def redate(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    late = redating.to_redate(request.user, now=now)
    initial = {"until": calendars.current().closing_after(now, 1)}
    form, status = RedateForm(request.POST or None, late=late, initial=initial), 200
    if request.method == "POST":
        status = attempt(form, partial(redating.redate, by=request.user, now=now))
        if not status:
            messages.success(request, "They have a new date, and are told so.")
            return redirect(doors.home_of(request.user, now=now))
    return page(request, "duty/redate.html", {"form": form, "late": late}, status=status)
