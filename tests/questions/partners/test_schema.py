"""The schema is what partners build on: valid, without a warning, and no route or problem left out."""

import json

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from questions.partners.api.problems import KINDS

pytestmark = pytest.mark.django_db
WITHOUT_SCHEMA = {"schema", "docs", "start", "nowhere"}


@pytest.fixture
def schema(tmp_path):
    path = tmp_path / "schema.json"
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", file=str(path))
    return json.loads(path.read_text())


def test_every_route_is_in_the_schema(schema):
    routes = dict(get_resolver().namespace_dict)["api"][1].url_patterns
    paths = {
        f"/api/v1/{route.pattern}".replace("<slug:slug>", "{slug}")
        for route in routes
        if route.name not in WITHOUT_SCHEMA
    }
    assert set(schema["paths"]) == paths


def test_every_operation_names_its_key_its_problems_and_what_it_does(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            problems = {status for status, found in operation["responses"].items() if int(status) >= 400}
            expected = {"401", "406", "429"}
            if method == "post":
                expected |= {"400", "403", "413", "415", "422"}
            if path.startswith("/api/v1/questions/") and path != "/api/v1/questions/":
                expected |= {"404", "409"}
            assert expected - problems == set(), path
            for status in problems:
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"]
                for example in content["application/problem+json"]["examples"].values():
                    slug = example["value"]["type"].partition("#")[2]
                    assert (KINDS[slug].status, example["value"]["title"]) == (int(status), KINDS[slug].title)
            assert operation["security"] == [{"PartnerKey": []}]
            assert operation["summary"]
            assert operation["description"]


LIMITS = {"RateLimit", "RateLimit-Policy"}
KEPT = {"ETag", "Cache-Control", "Vary"}


def test_every_operation_names_the_headers_of_its_answers(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for status, found in operation["responses"].items():
                expected = set() if status in {"401", "403", "406"} else set(LIMITS)
                expected |= {"Retry-After"} if status == "429" else set()
                expected |= KEPT if method == "get" and status in {"200", "304"} else set()
                expected |= {"Idempotent-Replay"} if (path, status) == ("/api/v1/questions/", "201") else set()
                assert set(found.get("headers", {})) == expected, (path, status)


def test_what_may_be_kept_may_be_unchanged(schema):
    unchanged = {
        path for path, operations in schema["paths"].items() for o in operations.values() if "304" in o["responses"]
    }
    assert unchanged == {path for path, operations in schema["paths"].items() if "get" in operations}


def test_every_kind_of_problem_but_the_houses_own_belongs_to_an_operation(schema):
    told = {
        example["value"]["type"].partition("#")[2]
        for operations in schema["paths"].values()
        for operation in operations.values()
        for status, found in operation["responses"].items()
        if int(status) >= 400
        for example in found["content"]["application/problem+json"]["examples"].values()
    }
    assert set(KINDS) - told == {"wrong-method", "server-error"}


def test_the_schema_is_served_to_anybody_and_not_again_to_who_has_it(client, calendar):
    asked = {"Accept": "application/json"}
    response = client.get("/api/v1/schema/", headers=asked)
    assert (response.status_code, response.json()["openapi"]) == (200, "3.1.1")
    again = client.get("/api/v1/schema/", headers=asked | {"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_body_says_that_nothing_else_may_be_sent(schema):
    sent = {
        content["schema"]["$ref"].rpartition("/")[2]
        for operations in schema["paths"].values()
        for operation in operations.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    }
    assert {name: schema["components"]["schemas"][name].get("additionalProperties") for name in sent} == dict.fromkeys(
        sent, False
    )
    assert len(sent) == 6


def test_a_field_says_which_characters_it_takes(schema):
    taken = schema["components"]["schemas"]["AskIn"]["properties"]
    patterns = {name: taken[name]["oneOf"][0]["pattern"] for name in ("text", "nation", "topic")}
    assert patterns == {
        "text": r"^[^\u0000]+$",
        "nation": "^([A-Z]{2}-[A-Z0-9]{1,3}|other)$",
        "topic": "^[-a-zA-Z0-9_]+$",
    }
