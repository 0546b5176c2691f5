"""The fields of an OpenAPI schema in plain words, for the API's own page."""

from typing import Any, NamedTuple

FORMATS = {"uuid": "UUID", "email": "email address", "date": "date", "date-time": "moment"}
TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list", "object": "object"}
LIMITS = {
    "maxLength": "at most {:,} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "maxItems": "at most {} entries",
}
PATTERNS = {"^[-a-zA-Z0-9_]+$": "letters, digits, - and _ only"}  # of any other the description tells
BULLET = "* `"  # where the schema's generator begins to list the values inside a description


class Field(NamedTuple):
    """One field, header or parameter. name is the way to it (answer.text); kind and limits are words; values are all
    that may be sent or come, none for any; description is a few sentences or "".
    """

    name: str
    is_required: bool
    kind: str
    limits: list[str]
    values: list[str]
    description: str


def fields(schema: dict[str, Any], schemas: dict[str, Any], *, prefix: str = "") -> list[Field]:
    """Every field of an object, or of the objects of a list, each followed by the fields inside it."""
    whole = _item(_plain(schema, schemas), schemas)
    required = whole.get("required", [])
    found = []
    for name, inner in whole.get("properties", {}).items():
        found.append(field(prefix + name, inner, schemas, is_required=name in required))
        found += fields(inner, schemas, prefix=f"{prefix}{name}.")
    return found


def field(name: str, schema: dict[str, Any], schemas: dict[str, Any], *, is_required: bool) -> Field:
    whole = _plain(schema, schemas)
    limits = [words.format(whole[limit]) for limit, words in LIMITS.items() if limit in whole]
    limits += [words for pattern, words in PATTERNS.items() if pattern == whole.get("pattern")]
    values = _item(whole, schemas).get("enum", [])
    description = whole.get("description", "").partition(BULLET)[0].strip()
    return Field(name, is_required, kind(whole, schemas), limits, values, description)


def kind(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """The type in words, in the singular: text, list of objects; moment, or null."""
    whole = _plain(schema, schemas)
    words = FORMATS.get(whole.get("format", ""), TYPES[whole["type"]])
    if whole["type"] == "array":
        words = f"list of {kind(whole['items'], schemas)}s"
    return f"{words}, or null" if whole["nullable"] else words


def _item(whole: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """What a list holds; anything else as it is."""
    return _plain(whole["items"], schemas) if whole["type"] == "array" else whole


def _plain(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema in one piece: its type is one word, and nullable says whether null will do.

    Of several alternatives the first says what is meant; the others allow null, or nothing between the quotes.
    """
    alternatives = _alternatives(schema, schemas)
    if alternatives:
        own = {"description": schema["description"]} if "description" in schema else {}
        found = _plain(alternatives[0], schemas)
        return found | own | {"nullable": found["nullable"] or {"type": "null"} in alternatives}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {"nullable": "null" in types} | schema | {"type": types[0]}


def _alternatives(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in schema:
        return [schemas[schema["$ref"].rsplit("/", 1)[-1]]]
    return [*schema.get("allOf", []), *schema.get("oneOf", [])]
