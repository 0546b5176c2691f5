"""How much one key may ask in a minute, told in RateLimit headers and counted where nothing is written to disk."""

import time

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from askpeer import throttle
from questions.partners.api.authentication import Credential

LIMIT = 300
SECONDS = 60


class PerKey(BaseThrottle):
    """300 requests a minute for each key. Without the cache nobody is held back."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, Credential):
            return True
        left = throttle.left("api", str(request.auth.key.pk), limit=LIMIT, seconds=SECONDS)
        request.META["askpeer.requests_left"] = max(left, 0)
        return left >= 0

    def wait(self) -> float:
        return seconds_left()


def seconds_left() -> int:
    """Seconds until the present window ends, 1 to 60."""
    return SECONDS - int(time.time()) % SECONDS


def headers(request: Request) -> dict[str, str]:
    """Policy and state, after the IETF's draft on RateLimit header fields; nothing for a caller without a key."""
    left = request.META.get("askpeer.requests_left")
    if left is None:
        return {}
    return {
        "RateLimit-Policy": f'"key";q={LIMIT};w={SECONDS}',
        "RateLimit": f'"key";r={left};t={seconds_left()}',
    }
