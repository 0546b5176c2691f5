"""The manager's page of how long things are kept, and what other periods would do."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.managing import keeping, pages
from advisors.managing.keeping_forms import KeepingForm
from advisors.managing.pages import FORM, draw, manager
from askpeer import calendars
from askpeer.errors import Refused
from questions import keeping as retention
from questions.intake import sentences


@require_http_methods(FORM)
@manager
def keeping_page(request: StaffRequest) -> HttpResponse:
    """One address for typing, for what it would do, and for saving: the button pressed says which."""
    if request.method != "POST":
        return _draw(request, KeepingForm.of())
    form, step = KeepingForm(request.POST), request.POST.get("step")
    if step == "change":
        return _draw(request, form)
    if not form.is_valid():
        return _draw(request, form, 422)
    try:
        return (_save if step == "save" else _preview)(request, form)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        status = pages.status_of(refusal)
        if status == 409:
            form.look_again()
        return _draw(request, form, status)


def _preview(request: StaffRequest, form: KeepingForm) -> HttpResponse:
    found = retention.effects(**form.given(), now=timezone.now())
    if form.before() == tuple(form.given().values()):
        raise Refused("This is how it is already. Change something first.")
    told = [(effect, *(_day(edge) for edge in (effect.told_from, effect.told_until))) for effect in found]
    return draw(request, "keeping/preview", form=form, given=form.given(), before=form.before(), found=told)


def _day(edge: datetime | None) -> str:
    return sentences.day(edge, calendar=calendars.current()) if edge else ""


def _save(request: StaffRequest, form: KeepingForm) -> HttpResponse:
    done = keeping.change(**form.given(), before=form.before(), by=request.user, now=timezone.now())
    moved = f"{done} question{'' if done == 1 else 's'} got a new last day." if done else "No question had to move."
    messages.success(request, f"Saved. {moved} {pages.SOON}")
    return redirect("manage:keeping")


def _draw(request: StaffRequest, form: KeepingForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {"form": form, "days": retention.days(), "rows": keeping.table(), "ahead": keeping.ahead(now=now)}
    return draw(request, "keeping/home", status=status, **context)
