"""The manager's figures: the dashboard, each of its figures as CSV, and the report for funders."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from advisors.access import StaffRequest, staff
from advisors.drafting.doors import keeping_text
from advisors.managing.figures import charting, period, reading, report, sheets
from advisors.managing.figures.figure import Figure
from advisors.managing.figures_forms import ReportForm
from advisors.managing.sections import TABS
from advisors.models import Role
from askpeer.errors import Refused


def manager(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let managers in; who was signed out meanwhile gets back what they typed."""
    return keeping_text(staff(Role.MANAGER)(view))


class Drawn(NamedTuple):
    """A figure and its picture."""

    figure: Figure
    chart: SafeString


def _page(request: StaffRequest, template: str, status: int, **context: Any) -> HttpResponse:
    return render(request, f"managing/figures/{template}.html", {"sections": TABS, **context}, status=status)


@require_safe
@manager
def home(request: StaffRequest) -> HttpResponse:
    now, problems = timezone.now(), []
    try:
        chosen = _chosen(request, now)
    except Refused as refusal:
        chosen, problems = period.usual(now), [{"sentence": str(refusal)}]
    groups = {"ours": reading.HOW_WE_DO, "askers": reading.WHO_ASKS, "people": reading.WHO_WORKS}
    drawn = {name: _drawn(readers, chosen, now) for name, readers in groups.items()}
    links = [("Last 30 days", period.usual(now)), *((month.label, month) for month in period.months(now))]
    month = period.told_of_askers(chosen, now=now)
    context: dict[str, Any] = {"chosen": chosen, "links": links, "month": month, "problems": problems}
    few = all(one.figure.is_too_few for one in drawn["askers"])
    return _page(request, "home", 422 if problems else 200, **context, **drawn, few_askers=few)


def _chosen(request: StaffRequest, now: datetime) -> period.Period:
    return period.read(request.GET.get("from", ""), request.GET.get("to", ""), now=now)


def _drawn(readers: dict[str, reading.Reader], chosen: period.Period, now: datetime) -> list[Drawn]:
    return [Drawn(figure, charting.draw(figure)) for figure in reading.read(readers, chosen, now=now)]


@require_safe
@manager
def sheet(request: StaffRequest, name: str) -> HttpResponse:
    now = timezone.now()
    try:
        chosen = _chosen(request, now)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    figure = reading.one(name, chosen, now=now)
    if figure is None:
        raise Http404
    response = HttpResponse(sheets.write(figure), content_type="text/csv; charset=utf-8")
    # The name is one of ours, never what the address says.
    response["Content-Disposition"] = f'attachment; filename="askpeer-{figure.name}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def funders(request: StaffRequest) -> HttpResponse:
    """What is typed here is printed and stored nowhere."""
    now, sentence = timezone.now(), ""
    try:
        month = period.read_month(request.GET.get("month", ""), now=now)
    except Refused as refusal:
        month, sentence = period.last_month(now), str(refusal)
    form = ReportForm(request.POST if request.method == "POST" else None)
    typed = form.cleaned_data if form.is_valid() and not sentence else {}
    context = {"form": form, "typed": typed, "problems": [{"sentence": sentence}] if sentence else []}
    context |= {"report": report.read(month, now=now), "month": month, "months": period.months(now)}
    context["today"] = period.today(now)
    return _page(request, "report", 422 if form.errors or sentence else 200, **context)
