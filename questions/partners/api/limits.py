"""How much a partner may ask in a minute, told in RateLimit headers and counted where nothing is written to disk."""

import time

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from askpeer import throttle
from questions.partners.api.authentication import Credential

SECONDS = 60


class PerPartner(BaseThrottle):
    """The requests a minute of the partner's own row, with all its keys together. Without the cache nobody is held."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, Credential):
            return True
        partner = request.auth.partner
        left = throttle.left("api", str(partner.pk), limit=partner.requests_a_minute, seconds=SECONDS)
        request.META["askpeer.requests"] = partner.requests_a_minute, max(left, 0)
        return left >= 0

    def wait(self) -> float:
        return seconds_left()


def seconds_left() -> int:
    """Seconds until the present window ends, 1 to 60."""
    return SECONDS - int(time.time()) % SECONDS


def headers(request: Request) -> dict[str, str]:
    """Policy and state, after the IETF's draft on RateLimit header fields; nothing for a caller who was not counted."""
    if "askpeer.requests" not in request.META:
        return {}
    limit, left = request.META["askpeer.requests"]
    return {
        "RateLimit-Policy": f'"partner";q={limit};w={SECONDS}',
        "RateLimit": f'"partner";r={left};t={seconds_left()}',
    }
