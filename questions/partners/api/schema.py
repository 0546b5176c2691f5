"""How the OpenAPI schema tells of keys, of problems, and of the headers a call may carry."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from questions.partners.api.problems import KINDS, MEDIA_TYPE, body
from questions.partners.api.serializers import ProblemOut

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
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 printable characters. For 72 hours the same request with it is answered, not asked, again.",
)


class PartnerKeyScheme(OpenApiAuthenticationExtension):
    """Names the bearer key in the schema."""

    target_class = "questions.partners.api.authentication.PartnerKeyAuthentication"
    name = "PartnerKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ap_…"}


def described(
    summary: str, *, ok: dict[int, Any], problems: Sequence[str], request: Any = None, headers: Sequence[Any] = ()
) -> Callable:
    """The schema of one operation: what it takes, what it answers, and every kind of problem it may answer with."""
    responses: dict[Any, Any] = dict(ok)
    responses |= {(status, MEDIA_TYPE): _problem(slugs) for status, slugs in _by_status(problems).items()}
    return extend_schema(
        operation_id=summary.lower().replace(" ", "_"),
        summary=summary,
        request=request,
        responses=responses,
        parameters=list(headers),
    )


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
