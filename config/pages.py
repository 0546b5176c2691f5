"""Pages that belong to the house and to no floor: health, and what a failed form check says."""

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import defaults
from django.views.decorators.http import require_safe

from advisors.drafting import doors, picking
from askpeer import nudge, throttle
from askpeer.models import Beacon
from questions.intake.cards import MOMENTS
from questions.models import Question
from questions.partners.api import problems

# Every field that somebody writes in their own words; never the six words, never a password.
WRITTEN = (
    *(*doors.WRITTEN, "words", "wrote"),
    *(f"moment_{number}" for number in range(1, MOMENTS + 1)),
    *(f"detail_{number}" for number in range(1, picking.MOST + 1)),
)
SWEEP_MAY_BE_BEHIND = timedelta(minutes=3)


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Database, broker, cache, last sweep and oldest overdue alarm; 503 when the sweep is over three minutes behind."""
    now = timezone.now()
    try:
        beacon = Beacon.objects.filter(name="sweep").first()
        overdue = Question.objects.filter(alarm_at__lte=now).order_by("alarm_at").first()
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    behind = beacon is None or now - beacon.at > SWEEP_MAY_BE_BEHIND
    body = {
        "database": "up",
        "broker": "up" if nudge.answers() else "down",
        "cache": "up" if throttle.answers() else "down",
        "last_sweep_at": beacon.at if beacon else None,
        "oldest_overdue_at": overdue.alarm_at if overdue else None,
    }
    return JsonResponse(body, status=503 if behind else 200)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old, with what was typed: pages that are stored nowhere come back empty."""
    return render(request, "csrf.html", {"typed": doors.typed(request, WRITTEN)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that nothing answers; a program gets a problem, a person a page."""
    if _is_api(request):
        return problems.page("not-found")
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return problems.page("malformed")
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return problems.page("server-error")
    return defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
