"""How the OpenAPI schema tells of keys, of problems, and of the headers a call may carry."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from questions.partners.api.problems import KINDS, MEDIA_TYPE, body
from questions.partners.api.serializers import ProblemOut, Strict, Words
from questions.partners.idempotency import LONGEST

OPEN = ("not-acceptable",)
WITH_KEY = (*OPEN, "key-needed", "too-many-requests")
WITH_SCOPE = (*WITH_KEY, "scope-missing")
WITH_BODY = (*WITH_SCOPE, "malformed", "too-large", "wrong-media-type", "invalid", "refused")
WITH_RECEIPT = (*WITH_BODY, "unknown-receipt", "moved-on")

RECEIPT = OpenApiParameter(
    "Askpeer-Receipt", str, OpenApiParameter.HEADER, description="The six words, where the body does not hold them."
)
SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="That of an item of GET library/.")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    # No space at either end: none arrives, for that is how headers are read.
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    OpenApiParameter.HEADER,
    description="1 to 255 printable characters. For 72 hours the same request with it is answered, not asked, again.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have: 304 where nothing has changed."
)
UNCHANGED = OpenApiResponse(description="The answer you have still holds.")
UNCOUNTED = (401, 403, 406)  # answered before a request is counted


def _told(name: str, description: str, statuses: Sequence[int]) -> OpenApiParameter:
    """A header of the answers with these statuses."""
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, response=list(statuses))


REPLAYED = _told("Idempotent-Replay", "true where id, receipt, status and promised_at are the first request's.", [201])
CONDITIONAL = (
    IF_NONE_MATCH,
    _told("ETag", "Changes with the body. Send it back as If-None-Match.", [200, 304]),
    _told("Cache-Control", "private, max-age=60: yours alone, for a minute.", [200, 304]),
    _told("Vary", "Authorization and Accept-Language are among what the answer depends on.", [200, 304]),
)


class PartnerKeyScheme(OpenApiAuthenticationExtension):
    """Names the bearer key in the schema."""

    target_class = "questions.partners.api.authentication.PartnerKeyAuthentication"
    name = "PartnerKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ap_…"}


class StrictSchema(OpenApiSerializerExtension):
    """Says that nothing else may be sent."""

    target_class = Strict
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        found = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return found | {"additionalProperties": False}


class WordsSchema(OpenApiSerializerFieldExtension):
    """Says what its characters are; of every text, that it holds no NUL."""

    target_class = Words
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        found = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return found | {"pattern": self.target.pattern}


def described(
    summary: str,
    *,
    ok: dict[int, Any],
    problems: Sequence[str],
    request: Any = None,
    headers: Sequence[Any] = (),
    kept: bool = False,
) -> Callable:
    """The schema of one operation: what it takes, what it answers, and every kind of problem it may answer with.

    kept says that the answer may be kept for a minute and asked about again.
    """
    responses: dict[Any, Any] = ok | ({304: UNCHANGED} if kept else {})
    statuses = [*responses, *(KINDS[slug].status for slug in problems)]
    responses |= {(status, MEDIA_TYPE): _problem(slugs) for status, slugs in _by_status(problems).items()}
    return extend_schema(
        operation_id=summary.lower().replace(" ", "_"),
        summary=summary,
        request=request,
        responses=responses,
        parameters=[*headers, *(CONDITIONAL if kept else ()), *_limits(statuses)],
    )


def _limits(statuses: Sequence[int]) -> list[OpenApiParameter]:
    """The headers about the limit, with the statuses that carry them."""
    counted = sorted(set(statuses) - set(UNCOUNTED))
    return [
        _told("RateLimit-Policy", "Your limit: q requests in w seconds, with all your keys together.", counted),
        _told("RateLimit", "How many requests are left (r) and for how many seconds (t).", counted),
        _told("Retry-After", "Seconds to wait.", [429]),
    ]


def _by_status(slugs: Sequence[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for slug in sorted(slugs, key=lambda slug: (KINDS[slug].status, slug)):
        found.setdefault(KINDS[slug].status, []).append(slug)
    return found


def _problem(slugs: list[str]) -> OpenApiResponse:
    titles = "; ".join(f"{KINDS[slug].title} ({slug})" for slug in slugs)
    examples = [
        OpenApiExample(slug, value=body(slug, KINDS[slug].remedy), response_only=True, media_type=MEDIA_TYPE)
        for slug in slugs
    ]
    return OpenApiResponse(ProblemOut, description=titles, examples=examples)
