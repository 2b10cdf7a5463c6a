"""The gateway's description of itself is complete, and true."""

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


def resolvable(schema):
    return {**schema, "components": {"schemas": SCHEMAS}}


def test_it_is_published_as_openapi_3_1():
    response = Client().get(f"{API}openapi.json")
    assert response["Content-Type"].startswith("application/json")
    assert response.json() == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1")


def test_every_operation_is_there():
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
def test_an_operation_says_what_it_does_and_answers(name):
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


def test_no_token_against_forgery_is_demanded_of_listed_origins():
    asked = {
        name: [p["required"] for p in operation["parameters"] if p["name"] == "X-CSRFToken"]
        for name, operation in OPERATIONS.items()
    }
    assert {name for name, found in asked.items() if found == [False]} == {
        "checkout",
        "payment_refresh",
        "payment_receipt_link",
    }
    assert not any(any(found) for found in asked.values())


def test_staff_send_a_token_and_payers_a_session():
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert (schemes["TokenAuth"]["type"], schemes["TokenAuth"]["scheme"]) == ("http", "bearer")
    assert (schemes["SessionAuth"]["in"], schemes["SessionAuth"]["name"]) == ("cookie", "sessionid")
    for name, operation in OPERATIONS.items():
        expected = {"staff": [{"TokenAuth": []}], "history": [{"SessionAuth": []}]}
        assert operation.get("security") == expected.get(name.partition("_")[0]), name


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_an_example_that_fits_and_words_for_every_field(name):
    schema = SCHEMAS[name]
    assert schema["description"]
    if "enum" in schema:
        return
    assert schema["examples"]
    for example in schema["examples"]:
        jsonschema.Draft202012Validator(
            resolvable(schema), format_checker=jsonschema.FormatChecker()
        ).validate(example)
        assert set(example) == set(schema["properties"])
    for field, facts in schema["properties"].items():
        assert facts.get("description"), field
