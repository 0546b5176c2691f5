"""The page docs/: every field there and back, in plain words."""

import re
from itertools import pairwise

import pytest
from drf_spectacular.generators import SchemaGenerator

from questions.partners.api import docs
from questions.partners.api.explaining import Field, fields

pytestmark = pytest.mark.django_db
SCHEMAS = {
    "Mood": {"type": "string", "enum": ["calm", "sad"], "description": "* `calm` - calm\n* `sad` - sad"},
    "Place": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}
MOOD = {"$ref": "#/components/schemas/Mood"}
PLACE = {"$ref": "#/components/schemas/Place"}
PLAIN = {
    "text": ({"type": "string", "maxLength": 3000}, ("text", ["at most 3,000 characters"], [])),
    "number": ({"type": "integer", "minimum": 1, "maximum": 3}, ("whole number", ["at least 1", "at most 3"], [])),
    "nullable": ({"type": ["boolean", "null"]}, ("true or false, or null", [], [])),
    "format": ({"type": "string", "format": "date-time"}, ("moment", [], [])),
    "unknown format": ({"type": "string", "format": "uri"}, ("text", [], [])),
    "slug": (
        {"oneOf": [{"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}, {"type": "string", "maxLength": 0}]},
        ("text", ["letters, digits, - and _ only"], []),
    ),
    "values": (MOOD, ("text", [], ["calm", "sad"])),
    "several values": (
        {"type": "array", "items": MOOD, "maxItems": 2},
        ("list of texts", ["at most 2 entries"], ["calm", "sad"]),
    ),
}


def part(path, title):
    """The one part of an endpoint whose title begins so."""
    (endpoint,) = [one for one in docs.endpoints() if one.path == f"/api/v1/{path}"]
    (found,) = [one for one in endpoint.parts if one.title.startswith(title)]
    return found


@pytest.mark.parametrize("name", PLAIN)
def test_a_type_its_limits_and_its_values_in_plain_words(name):
    schema, (kind, limits, values) = PLAIN[name]
    found = fields({"type": "object", "properties": {"it": schema}}, SCHEMAS)
    assert found == [Field("it", False, kind, limits, values, "")]


def test_the_values_leave_a_description_that_was_written():
    described = {"allOf": [MOOD], "description": "How it is.\n\n* `calm` - calm\n* `sad` - sad"}
    (found,) = fields({"type": "object", "properties": {"mood": described}, "required": ["mood"]}, SCHEMAS)
    assert found == Field("mood", True, "text", [], ["calm", "sad"], "How it is.")


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (PLACE, "object"),
        ({"oneOf": [PLACE, {"type": "null"}]}, "object, or null"),
        ({"type": "array", "items": PLACE}, "list of objects"),
    ],
)
def test_the_fields_inside_follow_the_field_that_holds_them(schema, kind):
    found = fields({"type": "object", "properties": {"place": schema}}, SCHEMAS)
    assert [(one.name, one.is_required, one.kind) for one in found] == [
        ("place", False, kind),
        ("place.name", True, "text"),
    ]


def test_what_consent_takes():
    assert part("questions/consent/", "Headers").fields == [
        Field("Askpeer-Receipt", False, "text", [], [], "The six words, where the body does not hold them."),
    ]
    assert [
        (one.name, one.is_required, one.limits, one.values) for one in part("questions/consent/", "Body").fields
    ] == [
        ("receipt", False, ["at most 300 characters"], []),
        ("choice", True, [], ["show_me", "yes", "no"]),
        ("round", False, ["at least 1", "at most 3"], []),
        ("version", False, ["at least 1"], []),
    ]
    assert part("questions/consent/", "Answer") == docs.Part("Answer 204: no body", [], False)


def test_what_the_library_takes_beside_a_body():
    assert [one.name for one in part("library/", "In the query").fields] == ["cursor", "q", "topic"]
    assert [(one.name, one.is_required) for one in part("library/{slug}/", "In the address").fields] == [("slug", True)]


@pytest.mark.parametrize(
    ("path", "title", "names"),
    [
        (
            "questions/",
            "Answer 201: object",
            {"id", "receipt", "status", "promised_at", "safety.services.ways.href", "outside.text"},
        ),
        ("questions/read/", "Answer 200: object", {"messages.kind", "answer.html", "consent.shown.version"}),
        ("topics/", "Answer 200: list of objects", {"slug", "label", "keywords"}),
    ],
)
def test_what_comes_back(path, title, names):
    assert names - {one.name for one in part(path, title).fields} == set()


@pytest.mark.parametrize("path", ["topics/", "service/", "library/", "library/{slug}/"])
def test_what_may_be_kept_takes_a_tag_and_may_answer_without_a_body(path):
    assert part(path, "Headers").fields == [
        Field("If-None-Match", False, "text", [], [], "The ETag you have: 304 where nothing has changed.")
    ]
    assert part(path, "Answer 304") == docs.Part("Answer 304: no body", [], False)


def test_no_field_of_the_schema_is_left_out_and_each_has_a_type():
    told = {one.name.rpartition(".")[2] for found in docs.endpoints() for each in found.parts for one in each.fields}
    told |= {one.name.rpartition(".")[2] for one in docs.problem()}
    schemas = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    assert {name for schema in schemas.values() for name in schema.get("properties", {})} - told == set()


def test_the_page_marks_what_is_required_and_prints_no_markdown(client, calendar):
    page = client.get("/api/v1/docs/").content.decode()
    assert re.findall(r'<code>(\w+)</code> <span class="chip">(\w[\w ]+)</span>', page) == [
        ("slug", "required"),
        ("age_band", "required"),
        ("choice", "required"),
        ("errors", "not always"),
        ("services", "not always"),
        ("ask_url", "not always"),
        ("shown", "not always"),
    ]
    assert "<code>show_me</code>, <code>yes</code>, <code>no</code>." in page
    assert re.findall(r"\* `|` - ", page) == []


def test_no_heading_of_the_page_skips_a_level(client, calendar):
    levels = [int(level) for level in re.findall(r"<h(\d)>", client.get("/api/v1/docs/").content.decode())]
    assert levels[:4] == [1, 2, 3, 4]
    assert {after - level for level, after in pairwise(levels) if after > level} == {1}
