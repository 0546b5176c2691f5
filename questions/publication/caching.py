"""Answers that a browser or a proxy may keep for a minute, and ask again about for nothing."""

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date

SECONDS = 60
# For the templates' context: a page that others may be given knows no visitor, so it shows no form with a token.
NOBODY = {"request": None}


def public(request: HttpRequest, response: HttpResponse, *, changed: datetime | None = None) -> HttpResponseBase:
    """Mark a page as public for a minute, with ETag and Last-Modified; 304 where the visitor has it already."""
    patch_cache_control(response, public=True, max_age=SECONDS)
    patch_vary_headers(response, ["Cookie"])  # the language is a cookie
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    seconds = int(changed.timestamp()) if changed else None
    if seconds is not None:
        response["Last-Modified"] = http_date(seconds)
    answer = get_conditional_response(request, etag=response["ETag"], last_modified=seconds, response=response)
    return answer or response
