"""The manager's pages of the hours: what is set, a change as it is typed, what it would do, and saving it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors.access import StaffRequest, staff
from advisors.drafting.doors import keeping_text
from advisors.duty import rota
from advisors.managing import hours, hours_said
from advisors.managing.hours_forms import WHYS, CloseForm, HoursForm, OpenForm, WeekForm, zones
from advisors.managing.sections import TABS
from advisors.models import Role
from askpeer import scheduling
from askpeer.errors import Refused, Stale
from askpeer.scheduling import Plan
from questions import deadlines
from questions.intake import promising, sentences
from questions.models import Round

VERSIONS_SHOWN = 5


def manager(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let managers in; who was signed out meanwhile gets back what they typed."""
    return keeping_text(staff(Role.MANAGER)(view))


class Page(NamedTuple):
    """A page on which a change is typed: its form, its template, and its route."""

    form: type[HoursForm]
    template: str
    route: str


WEEK = Page(WeekForm, "week", "manage:hours_week")
CLOSE = Page(CloseForm, "close", "manage:hours_close")
OPEN = Page(OpenForm, "home", "manage:hours_open")


@require_safe
@manager
def home(request: StaffRequest) -> HttpResponse:
    return _draw(request, "home", timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def week(request: StaffRequest) -> HttpResponse:
    return _edit(request, WEEK)


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def close(request: StaffRequest) -> HttpResponse:
    return _edit(request, CLOSE)


@require_POST
@manager
def reopen(request: StaffRequest) -> HttpResponse:
    return _edit(request, OPEN)


@require_POST
@manager
def move_stranded(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    try:
        done = hours.move_stranded(why=request.POST.get("why", ""), by=request.user, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _draw(request, "home", now, status=422)
    got = "One promise got a new date" if done == 1 else f"{done} promises got a new date"
    messages.success(request, f"{got}, and whoever asked is told.")
    return redirect("manage:hours")


def _edit(request: StaffRequest, page: Page) -> HttpResponse:
    """One address for typing a change, for what it would do, and for saving it: the button pressed says which."""
    now, step = timezone.now(), request.POST.get("step")
    form = page.form(
        request.POST if request.method == "POST" else None, present=scheduling.present()[1], today=rota.today(now)
    )
    if request.method != "POST" or step == "change":
        return _draw(request, page.template, now, form=form)
    if not form.is_valid():
        return _draw(request, page.template, now, form=form, status=422)
    try:
        return (_save if step == "save" else _preview)(request, page, form, now)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        status = 409 if isinstance(refusal, Stale) else 422
        return _draw(request, page.template, now, form=form, status=status, stale=status == 409)


def _preview(request: StaffRequest, page: Page, form: HoursForm, now: datetime) -> HttpResponse:
    found = hours.preview(form.plan(), version=form.cleaned_data["version"], now=now)
    why = Round.Why(form.cleaned_data.get("why", Round.Why.CLOSED)).label
    context: dict[str, Any] = {
        "found": found,
        "form": form,
        "why": why,
        "action": reverse(page.route),
        "is_typed": page is not OPEN,
    }
    return _draw(request, "preview", now, **context)


def _save(request: StaffRequest, page: Page, form: HoursForm, now: datetime) -> HttpResponse:
    given = {name: form.cleaned_data[name] for name in ("version", "redate")}
    why = form.cleaned_data.get("why", Round.Why.CLOSED)
    done = hours.change(form.plan(), why=why, by=request.user, now=now, **given)
    messages.success(request, _said(done))
    return redirect("manage:hours")


def _said(done: hours.Changed) -> str:
    said = [f"Saved as version {done.version}."]
    if done.moved:
        got = "One promise got a new date" if done.moved == 1 else f"{done.moved} promises got a new date"
        said.append(f"{got}, and whoever asked is told.")
    if done.left:
        stay = "One promise stays" if done.left == 1 else f"{done.left} promises stay"
        said.append(f"{stay} due on a day when nobody is there.")
    return " ".join(said)


def _draw(request: StaffRequest, template: str, now: datetime, *, status: int = 200, **context: Any) -> HttpResponse:
    version, plan = scheduling.present()
    around = {"sections": TABS, "version": version, **_AROUND[template](plan, now)}
    return render(request, f"managing/hours/{template}.html", around | context, status=status)


def _as_it_is(plan: Plan, now: datetime) -> dict[str, Any]:
    """The hours that hold now, in words."""
    today = rota.today(now)
    ahead = [one for one in plan.closures if one[1] >= today]
    return {
        "plan": plan,
        "week": hours_said.week(plan),
        "place": hours_said.place(plan),
        "holidays": hours_said.holidays_ahead(plan, today=today),
        "closures": [(hours_said.days(first, last), reason, first, last) for first, last, reason in ahead],
    }


def _home(plan: Plan, now: datetime) -> dict[str, Any]:
    calendar, room = plan.calendar(), promising.room(now)
    promise = None if room.full else deadlines.promise(calendar, asked=now, days=room.days)
    versions = hours_said.versions()
    return _as_it_is(plan, now) | {
        "form": None,
        "open_until": hours_said.moment(calendar.next_close(now), calendar) if calendar.is_open(now) else "",
        "opens": hours_said.moment(calendar.next_open(now), calendar),
        "promise": sentences.moment(promise, calendar=calendar) if promise else "",
        "stranded": hours.stranded(plan, now=now),
        "whys": WHYS,
        "versions": versions[:VERSIONS_SHOWN],
        "older": versions[VERSIONS_SHOWN:],
    }


def _week(plan: Plan, now: datetime) -> dict[str, Any]:
    return _as_it_is(plan, now) | {"zones": zones(), "parts": ", ".join(hours_said.parts(plan.country))}


_AROUND: dict[str, Callable[[Plan, datetime], dict[str, Any]]] = {
    "home": _home,
    "week": _week,
    "close": _as_it_is,
    "preview": lambda plan, now: {},
}
