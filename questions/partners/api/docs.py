"""The API's own page: every endpoint with every field, as the schema has them, and every kind of problem."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from questions.partners.api.explaining import Field, field, fields, kind
from questions.partners.api.problems import KINDS, MEDIA_TYPE
from questions.partners.api.serving import schema

PLACES = {"path": "In the address", "query": "In the query", "header": "Headers"}
JSON = "application/json"


class Part(NamedTuple):
    """What travels in one place, there or back: a title, and its fields; is_sent says that it is the partner's."""

    title: str
    fields: list[Field]
    is_sent: bool


class Endpoint(NamedTuple):
    """One operation: its method and path, what it does, what it takes and answers, and the statuses it answers with."""

    method: str
    path: str
    summary: str
    description: str
    parts: list[Part]
    statuses: list[str]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    shown = {"endpoints": endpoints(), "kinds": KINDS.values(), "problem": problem()}
    return render(request, "partners/docs.html", shown)


@cache
def endpoints() -> list[Endpoint]:
    """Every operation of the schema, in the order of the paths."""
    schemas = schema()["components"]["schemas"]
    return [
        _endpoint(method, path, operation, schemas)
        for path, operations in schema()["paths"].items()
        for method, operation in operations.items()
    ]


@cache
def problem() -> list[Field]:
    """What the body of every problem is made of."""
    schemas = schema()["components"]["schemas"]
    return fields(schemas["ProblemOut"], schemas)


def _endpoint(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Endpoint:
    return Endpoint(
        method.upper(),
        path,
        operation["summary"],
        operation["description"],
        [*_parameters(operation, schemas), *_body(operation, schemas), *_answers(operation, schemas)],
        list(operation["responses"]),
    )


def _parameters(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Part]:
    """A part for each place that something travels in beside the body."""
    for place, title in PLACES.items():
        there = [one for one in operation.get("parameters", []) if one["in"] == place]
        if there:
            yield Part(title, [_parameter(one, schemas) for one in there], True)


def _parameter(given: dict[str, Any], schemas: dict[str, Any]) -> Field:
    described = given["schema"] | {"description": given.get("description", "")}
    return field(given["name"], described, schemas, is_required=given.get("required", False))


def _body(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Part]:
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"][JSON]["schema"]
        yield Part(f"Body: {kind(schema, schemas)}", fields(schema, schemas), True)


def _answers(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Part]:
    """A part for each answer that is no problem."""
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if JSON in content:
            schema = content[JSON]["schema"]
            yield Part(f"Answer {status}: {kind(schema, schemas)}", fields(schema, schemas), False)
        elif MEDIA_TYPE not in content:
            yield Part(f"Answer {status}: no body", [], False)
