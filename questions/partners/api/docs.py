"""The API's own page: every endpoint, as the schema has it, and every kind of problem."""

from functools import cache
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from questions.partners.api.problems import KINDS


class Endpoint(NamedTuple):
    """One operation: its method and path, what it does, the fields it takes and the statuses it answers with."""

    method: str
    path: str
    summary: str
    description: str
    fields: list[tuple[str, str]]
    statuses: list[str]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "partners/docs.html", {"endpoints": endpoints(), "kinds": KINDS.values()})


@cache
def endpoints() -> list[Endpoint]:
    """Every operation of the schema, in the order of the paths."""
    whole = SchemaGenerator().get_schema(request=None, public=True)
    return [
        _endpoint(method, path, operation, whole["components"]["schemas"])
        for path, operations in whole["paths"].items()
        for method, operation in operations.items()
    ]


def _endpoint(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Endpoint:
    given = [(parameter["name"], parameter.get("description", "")) for parameter in operation.get("parameters", [])]
    return Endpoint(
        method.upper(),
        path,
        operation["summary"],
        operation["description"],
        given + _fields(operation, schemas),
        list(operation["responses"]),
    )


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> list[tuple[str, str]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return []
    properties = schemas[content["schema"]["$ref"].rsplit("/", 1)[-1]]["properties"]
    return [(name, described.get("description", "")) for name, described in properties.items()]
