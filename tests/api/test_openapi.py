"""The OpenAPI schema is complete and valid."""

import json

import jsonschema
import pytest
from django.test import Client

from tests.support.api import API
from wagtail_payments.api.app import api

DOCUMENT = json.loads(json.dumps(api.get_openapi_schema()))
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: operation
    for path in DOCUMENT["paths"].values()
    for operation in path.values()
}


def with_components(schema):
    return {**schema, "components": {"schemas": SCHEMAS}}


def test_the_schema_is_published_as_openapi_3_1():
    response = Client().get(f"{API}openapi.json")
    assert response["Content-Type"].startswith("application/json")
    assert response.json() == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1")


def test_all_operations_are_in_the_schema():
    assert set(OPERATIONS) == {
        "config",
        "checkout",
        "payment",
        "payment_refresh",
        "payment_receipt",
        "payment_receipt_link",
        "history",
        "products",
        "staff_payments",
        "staff_payment",
        "staff_receipt",
        "staff_products",
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_and_responses_are_documented(name):
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert all(parameter["description"] for parameter in operation["parameters"])
    assert {"429", "500"} < set(operation["responses"])
    for status, response in operation["responses"].items():
        (media_type,) = response["content"]
        if int(status) >= 400:
            assert media_type == "application/problem+json"
        elif name.endswith("receipt"):
            assert media_type == "application/pdf"
        else:
            assert media_type == "application/json"


def test_csrf_tokens_are_optional_for_allowed_origins():
    required = {
        name: [p["required"] for p in operation["parameters"] if p["name"] == "X-CSRFToken"]
        for name, operation in OPERATIONS.items()
    }
    assert {name for name, found in required.items() if found == [False]} == {
        "checkout",
        "payment_refresh",
        "payment_receipt_link",
    }
    assert not any(any(found) for found in required.values())


def test_staff_use_tokens_and_payers_use_sessions():
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert (schemes["TokenAuth"]["type"], schemes["TokenAuth"]["scheme"]) == ("http", "bearer")
    assert (schemes["SessionAuth"]["in"], schemes["SessionAuth"]["name"]) == ("cookie", "sessionid")
    for name, operation in OPERATIONS.items():
        expected = {"staff": [{"TokenAuth": []}], "history": [{"SessionAuth": []}]}
        assert operation.get("security") == expected.get(name.partition("_")[0]), name


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_have_valid_examples_and_field_descriptions(name):
    schema = SCHEMAS[name]
    assert schema["description"]
    if "enum" in schema:
        return
    assert schema["examples"]
    for example in schema["examples"]:
        jsonschema.Draft202012Validator(
            with_components(schema), format_checker=jsonschema.FormatChecker()
        ).validate(example)
        assert set(example) == set(schema["properties"])
    for field, details in schema["properties"].items():
        assert details.get("description"), field
