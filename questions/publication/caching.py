"""Answers that a browser or a proxy may keep for a minute, and ask again about for nothing."""

import hashlib
from datetime import UTC, date, datetime, time

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date

SECONDS = 60
# For the templates' context: a page that others may be given knows no visitor, so it shows no form with a token.
NOBODY = {"request": None}


def public(request: HttpRequest, response: HttpResponse, *, changed: date | None = None) -> HttpResponseBase:
    """Mark a page as public for a minute, with ETag and the day of Last-Modified; 304 where the visitor has it already;
    for HEAD no body.

    What the visitor has is told by the ETag alone: a page also names other answers, and they leave without its change.
    """
    patch_cache_control(response, public=True, max_age=SECONDS)
    patch_vary_headers(response, ["Cookie"])  # the language is a cookie
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if changed:
        response["Last-Modified"] = http_date(datetime.combine(changed, time(), UTC).timestamp())
    answered = get_conditional_response(request, etag=response["ETag"], response=response) or response
    return _without_body(answered) if request.method == "HEAD" else answered


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """The headers of the page alone, its length among them: the server complains of a body that nobody is sent."""
    if isinstance(response, HttpResponse) and response.content:
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response
