"""The manager's first page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advisors.access import StaffRequest
from advisors.managing import monday
from advisors.managing.sections import TABS
from advisors.managing.views import manager


@require_safe
@manager
def page(request: StaffRequest) -> HttpResponse:
    return render(request, "managing/monday.html", {"sections": TABS, "page": monday.page(now=timezone.now())})
