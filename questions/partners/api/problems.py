"""Every error as application/problem+json (RFC 9457), each of a kind that docs/ explains under its own anchor."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from askpeer.errors import Erased, Refused, Stale
from askpeer.hours import NoOpeningHours
from questions.intake.opening import Unknown

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: the anchor of its type, its HTTP status, a title, and what to do about it."""

    slug: str
    status: int
    title: str
    remedy: str


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("malformed", 400, "Malformed request", "Send one JSON object as UTF-8, with every field once."),
        Kind("key-needed", 401, "Key needed", "Send Authorization: Bearer with a live key of yours."),
        Kind("scope-missing", 403, "Not allowed", "Ask us for a key with the scope that the detail names."),
        Kind("not-found", 404, "Not found", "Check the address. Nothing here answers to it."),
        Kind(
            "unknown-receipt",
            404,
            "Receipt opens nothing",
            "Check the six words. An unknown receipt, one of an erased question and one that was not asked through "
            "you are answered alike.",
        ),
        Kind("wrong-method", 405, "Method not allowed", "Use a method that the Allow header names."),
        Kind("not-acceptable", 406, "Not acceptable", "Accept application/json."),
        Kind("moved-on", 409, "The question moved on", "Read the question again, then decide."),
        Kind("withdrawn", 410, "Withdrawn", "This answer is no longer public. Take down every copy you hold."),
        Kind("too-large", 413, "Too large", "A request can be 1 MiB at most."),
        Kind("wrong-media-type", 415, "Unsupported media type", "Send Content-Type: application/json."),
        Kind("invalid", 422, "Invalid fields", "Each entry of errors names a field and says what is wrong with it."),
        Kind("refused", 422, "Refused", "The detail says why. The same request will be refused again."),
        Kind(
            "too-young",
            422,
            "Too young for us",
            "Nothing was stored. Show the young person the services listed in services; they talk to children.",
        ),
        Kind(
            "not-for-this-age",
            422,
            "Not for this age",
            "Nothing was stored. Show the young person the detail, the services, and a link to ask_url: they can still "
            "ask us directly. Your pages ask for the ages that were agreed with us.",
        ),
        Kind(
            "idempotency-key-reused",
            422,
            "Idempotency-Key used before",
            "This key went with another body. Use a new one for each question.",
        ),
        Kind("too-many-requests", 429, "Too many requests", "Wait for the seconds in Retry-After, then go on."),
        Kind(
            "closed",
            503,
            "Closed",
            "Nothing was stored. Show the young person the detail and the services. GET service/ says a promised_at "
            "again as soon as we take questions.",
        ),
        Kind("unavailable", 503, "Not just now", "Try again in a minute, with the same Idempotency-Key."),
        Kind("server-error", 500, "Our mistake", "Try again in a minute, with the same Idempotency-Key."),
    )
}


class Problem(exceptions.APIException):
    """An error of a named kind; extra are further members of its body."""

    def __init__(self, slug: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.slug = slug
        self.status_code = KINDS[slug].status
        self.extra = extra


def body(slug: str, detail: str, **extra: Any) -> dict[str, Any]:
    """The members of one problem: type, title, status, detail and what its kind adds."""
    kind = KINDS[slug]
    return {"type": f"/api/v1/docs/#{slug}", "title": kind.title, "status": kind.status, "detail": detail, **extra}


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception raised in a view; None for one that nobody expected."""
    found = _describe(exc)
    if found is None:
        return None
    return Response(found, status=found["status"], headers=_headers(exc), content_type=MEDIA_TYPE)


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(round(exc.wait))  # type: ignore[attr-defined]
    return headers


FRAMEWORK = {
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "key-needed",
    exceptions.AuthenticationFailed: "key-needed",
    exceptions.PermissionDenied: "scope-missing",
    exceptions.NotFound: "not-found",
    exceptions.MethodNotAllowed: "wrong-method",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.UnsupportedMediaType: "wrong-media-type",
}


def _describe(exc: Exception) -> dict[str, Any] | None:
    if isinstance(exc, Refused):
        return _refusal(exc)
    if isinstance(exc, Problem):
        return body(exc.slug, str(exc.detail), **exc.extra)
    if isinstance(exc, exceptions.ValidationError):
        errors = [{"field": field, "detail": detail} for field, detail in _flat(exc.detail)]
        return body("invalid", KINDS["invalid"].remedy, errors=errors)
    if isinstance(exc, Http404):
        return body("not-found", KINDS["not-found"].remedy)
    if isinstance(exc, PermissionDenied):
        return body("scope-missing", KINDS["scope-missing"].remedy)
    if isinstance(exc, exceptions.Throttled):
        return body("too-many-requests", _over_the_limit(round(exc.wait)))  # type: ignore[attr-defined]
    if isinstance(exc, NoOpeningHours):
        return body("closed", KINDS["closed"].remedy)
    slug = FRAMEWORK.get(type(exc))
    if slug is None or not isinstance(exc, exceptions.APIException):
        return None
    return body(slug, KINDS[slug].remedy if slug == "not-found" else str(exc.detail))


def _over_the_limit(seconds: int) -> str:
    wait = "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"That is more than your limit for a minute. Wait {wait}, then go on."


def _refusal(exc: Refused) -> dict[str, Any]:
    if isinstance(exc, Stale):
        return body("moved-on", str(exc))
    if isinstance(exc, Erased | Unknown):
        return body("unknown-receipt", str(Unknown()))
    return body("refused", str(exc))


def _flat(detail: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence in a serializer's errors with the way to its field: timeline.2, or "" for the whole body."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(part for part in (field, step) if part))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, field)
    else:
        yield field, str(detail)


def page(slug: str) -> JsonResponse:
    """A problem for a request that never reached a view of ours."""
    return JsonResponse(body(slug, KINDS[slug].remedy), status=KINDS[slug].status, content_type=MEDIA_TYPE)
