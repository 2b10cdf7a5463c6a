"""Converts form fields like ``a[b][0]=1`` to JSON, with the types of Stripe's schema."""

import re
from typing import Any
from urllib.parse import parse_qsl

from .errors import invalid
from .schema import params_schema, params_validator


def decoded(text, method, path):
    """Return a request's parameters as JSON. Raises StripeError for invalid ones."""
    schema = params_schema(method, path)
    params = typed(nested(text), schema)
    for error in sorted(params_validator(method, path).iter_errors(params), key=str):
        raise refusal(error)
    return params


def nested(text):
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = [name.partition("[")[0], *re.findall(r"\[([^]]*)]", name)]
        branch, last = tree, first
        for key in rest:
            branch = branch.setdefault(last, {})
            last = key or str(len(branch))
        branch[last] = value
    return tree


def typed(value, schema):
    """Convert ``value`` to the first matching type of the schema, or return it unchanged."""
    if "anyOf" in schema:
        fitting = [option for option in schema["anyOf"] if fits(value, option)]
        return typed(value, fitting[0]) if fitting else value
    kind = schema.get("type")
    if isinstance(value, dict):
        if kind == "array":
            return [typed(item, schema["items"]) for item in value.values()]
        fields = schema.get("properties", {})
        other = schema.get("additionalProperties") or {}
        return {name: typed(item, fields.get(name, other)) for name, item in value.items()}
    return scalar(value, kind)


def fits(value, schema):
    if "enum" in schema:
        return value in schema["enum"]
    if isinstance(value, dict):
        return schema.get("type") in ("object", "array")
    return scalar(value, schema.get("type")) is not value or schema.get("type") == "string"


def scalar(value, kind):
    if kind == "integer" and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "number" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return float(value)
    return value


def refusal(error):
    """Return Stripe's error for a missing, unknown or invalid parameter."""
    param = bracketed(error.absolute_path)
    if error.validator == "required":
        match = re.match(r"'([^']+)'", error.message)
        assert match
        name = bracketed([*error.absolute_path, match[1]])
        return invalid(f"Missing required param: {name}.", name, "parameter_missing")
    if error.validator == "additionalProperties":
        unknown = next(n for n in error.instance if n not in error.schema.get("properties", {}))
        name = bracketed([*error.absolute_path, unknown])
        return invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
    if error.validator == "type" and error.schema.get("type") == "integer":
        return invalid(f"Invalid integer: {error.instance}", param, "parameter_invalid_integer")
    return invalid(f"Invalid {param}: {error.message[:300]}", param)


def bracketed(path):
    first, *rest = [str(part) for part in path] or [""]
    return first + "".join(f"[{part}]" for part in rest)
