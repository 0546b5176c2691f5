"""What every response gets and every request must fit. No address is read here, and none is written."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from askpeer import calendars
from askpeer.hours import NoOpeningHours

log = logging.getLogger("askpeer.access")
NO_HOURS = (NoOpeningHours, calendars.NoWindows)
Next = Callable[[HttpRequest], HttpResponse]


def access_log(get_response: Next) -> Next:
    """One line a request: the route's name, never the path, the query or the client."""

    def middleware(request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "route": match.view_name if match else "-",
                "method": request.method,
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - start) * 1000),
            },
        )
        return response

    return middleware


def without_charset(content_type: str) -> str:
    """The media type alone of a header that names a codec: Django looks into the query by it before any middleware."""
    return ";".join(part for part in content_type.split(";") if not _names_a_codec(part))


def _names_a_codec(part: str) -> bool:
    """Whether a parameter is the charset, or is written as RFC 2231 has it: name*=codec'language'value."""
    name = part.partition("=")[0].strip().lower()
    return name.startswith("charset") or name.endswith("*")


def in_utf8(get_response: Next) -> Next:
    """Read every request as UTF-8, which is what our forms send; Django would take any codec that a client names."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"
        return get_response(request)

    return middleware


def body_limit(get_response: Next) -> Next:
    """Refuse a body over 1 MiB before anything parses it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return get_response(request)
        if request.path.startswith("/api/"):
            body = {
                "type": "/api/v1/docs/#too-large",
                "title": "Too large",
                "status": 413,
                "detail": "A request can be 1 MiB at most.",
            }
            return JsonResponse(body, status=413, content_type="application/problem+json")
        return render(request, "413.html", status=413)

    return middleware


def kindly_closed(get_response: Next) -> Next:
    """A calendar without a staffed hour ahead promises nothing: say so, with people to talk to, instead of failing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return render(request, "503.html", status=503) if isinstance(exception, NO_HOURS) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def privacy_headers(get_response: Next) -> Next:
    """Nothing is stored by a browser or found by a search engine, unless the view said otherwise."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
            response.setdefault("X-Robots-Tag", "noindex")
        return response

    return middleware
