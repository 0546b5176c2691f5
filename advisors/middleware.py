"""Staff need a second factor before anything else opens to them, read English, and are signed out when idle."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from advisors import roles
from advisors.duty import presence

log = logging.getLogger("askpeer.door")
OPEN_TO_ONE_FACTOR = ("/accounts/", "/static/", "/leave/")
STAFF_PATHS = ("/accounts/", "/desk/", "/guardian/", "/home/", "/invitation/", "/manage/", "/review/")
REFRESHED_EVERY = 60  # seconds
Next = Callable[[HttpRequest], HttpResponse]


def in_english(get_response: Next) -> Next:
    """Staff screens are written in English alone, so they say so, whatever language the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(STAFF_PATHS):
            translation.activate("en")
        return get_response(request)

    return middleware


def second_factor(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponse:
        if _lacks_one(request):
            messages.info(request, "Set up a second step for signing in first. It takes two minutes.")
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def _lacks_one(request: HttpRequest) -> bool:
    if not settings.SECOND_FACTOR or request.path_info.startswith(OPEN_TO_ONE_FACTOR):
        return False
    # A page that never looks at the session stays free of SQL: only a request with a session cookie can be staff.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return False
    return not is_mfa_enabled(request.user)


def stay_signed_in(get_response: Next) -> Next:
    """Begin the 30 minutes anew for staff at work, written at most once a minute; an asker's session ends by itself.

    After twelve hours no page of theirs is served any more, not for one second.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if _is_over(request):
            logout(request)
        response = get_response(request)
        # A session that nobody looked at is not loaded for this.
        if request.session.accessed and SESSION_KEY in request.session:
            _refresh(request)
            if response.status_code == HTTPStatus.FORBIDDEN and request.user.is_authenticated:
                log.warning("refused", extra={"subject": request.user.name})
        return response

    return middleware


def _is_over(request: HttpRequest) -> bool:
    """Only where the session is read anyway: a staff page, asked for with a cookie. No SQL of its own."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.path_info.startswith(STAFF_PATHS):
        return False
    return SESSION_KEY in request.session and _left(request) <= 0


def _left(request: HttpRequest) -> float:
    """Seconds until the session ends, however busy it is."""
    seconds = int(timezone.now().timestamp())
    return request.session.get("since", seconds) + settings.SESSION_ENDS.total_seconds() - seconds


def _refresh(request: HttpRequest) -> None:
    seconds = int(timezone.now().timestamp())
    request.session.setdefault("since", seconds)
    if (left := _left(request)) < settings.SESSION_COOKIE_AGE:
        request.session.set_expiry(max(int(left), 1))
    if seconds - request.session.get("seen", 0) >= REFRESHED_EVERY:
        request.session["seen"] = seconds
        if request.user.is_authenticated and request.user.role in roles.REVIEWERS:
            presence.seen(request.user, now=timezone.now())
