"""Pages that belong to the house and to no floor: health, and what a failed form check says."""

import sys
from collections.abc import Callable

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views import defaults
from django.views.decorators.http import require_safe

from advisors.drafting import doors, picking
from askpeer import backups, standing
from questions.intake.cards import MOMENTS
from questions.models import Question
from questions.partners.api import problems

# Every field that somebody writes in their own words; never the six words, never a password.
WRITTEN = (
    *(*doors.WRITTEN, "words", "wrote"),
    *(f"moment_{number}" for number in range(1, MOMENTS + 1)),
    *(f"detail_{number}" for number in range(1, picking.MOST + 1)),
)
HEALTH = "/health/"
Next = Callable[[HttpRequest], HttpResponse]
AWAY = (OperationalError, InterfaceError)  # killed, restarting, or locked by somebody else for too long


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Database, broker, cache, last sweep and oldest overdue alarm; 503 when the sweep is over three minutes behind, or
    no sweep has come in the three minutes since the start.
    """
    if backups.is_under_way():
        return JsonResponse({"database": "being restored"}, status=503)
    now = timezone.now()
    try:
        swept = standing.swept(now=now)
        overdue = Question.objects.filter(alarm_at__lte=now).order_by("alarm_at").first()
    except Error:
        return JsonResponse({"database": "down"}, status=503)
    body = {
        "database": "up",
        "broker": standing.broker(),
        "cache": standing.cache(),
        "last_sweep_at": swept.at,
        "oldest_overdue_at": overdue.alarm_at if overdue else None,
    }
    return JsonResponse(body, status=503 if swept.is_late else 200)


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
    """What nobody expected. A database that is away is back in a while: then it says so, with what was typed."""
    if isinstance(sys.exception(), AWAY):
        return _not_just_now(request)
    return problems.page("server-error") if _is_api(request) else defaults.server_error(request)


def closed_while_restoring(get_response: Next) -> Next:
    """A process that went on running shows nothing of what the ledger has not erased again yet."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if backups.is_under_way() and request.path != HEALTH:
            return _not_just_now(request)
        return get_response(request)

    return middleware


def said_of_methods(get_response: Next) -> Next:
    """An address that only takes what a form sends is opened all the same, from the address bar or by going back: it
    answers with a page, where Django would send nothing at all. The status and Allow stay.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method != "HEAD" and not _is_api(request):
            response.content = render_to_string("405.html", request=request)
        return response

    return middleware


def _not_just_now(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return problems.page("unavailable")
    # Without the request: neither session nor person can be looked up now.
    page = render_to_string("503.html", {"typed": doors.typed(request, WRITTEN)})
    return HttpResponse(page, status=503)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
