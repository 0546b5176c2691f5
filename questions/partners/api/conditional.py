"""Answers that a partner may keep for a minute, and ask about again for nothing."""

import hashlib

from django.http import HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from questions.partners.api.bases import PartnerView

SECONDS = 60


class KeptView(PartnerView):
    """A GET whose answer carries a strong ETag. It is the partner's alone: labels and signposts are its own."""

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        finished = super().finalize_response(request, response, *args, **kwargs)
        if finished.status_code == 200:
            finished.add_post_render_callback(lambda rendered: _conditional(request, rendered))
        return finished


def _conditional(request: Request, response: HttpResponse) -> HttpResponse | None:
    """The answer marked as private for a minute; 304 with the same headers where the caller has this very body."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    patch_cache_control(response, private=True, max_age=SECONDS)
    patch_vary_headers(response, ["Authorization", "Accept-Language"])
    if not _has(request.headers.get("If-None-Match", ""), etag):
        return None
    unchanged = HttpResponse(status=304, headers=dict(response.items()))
    del unchanged["Content-Type"]
    return unchanged


def _has(sent: str, etag: str) -> bool:
    """Whether If-None-Match names it: compared weakly, as a proxy that compresses makes a strong tag weak."""
    named = parse_etags(sent)
    return named == ["*"] or etag in {one.removeprefix("W/") for one in named}
