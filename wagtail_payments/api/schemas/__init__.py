"""The schemas of the JSON API, with the examples for the OpenAPI document."""
