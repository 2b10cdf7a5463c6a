"""Every address that the public uses keeps working under the strictest host settings."""

import pytest
from django.urls import get_resolver

PUBLIC = {
    "webhook",
    "checkout",
    "status",
    "receipt",
    "config",
    "checkouts",
    "payment",
    "refresh",
    "api-root",
    "openapi-json",
}
SIGNED_IN = {"history"}


def callbacks(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from callbacks(pattern)
        else:
            yield pattern


def ours():
    for pattern in get_resolver("wagtail_payments.urls").url_patterns:
        yield from callbacks(pattern) if hasattr(pattern, "url_patterns") else [pattern]


def test_every_address_is_in_the_table():
    assert {pattern.name for pattern in ours() if pattern.name} == PUBLIC | SIGNED_IN


@pytest.mark.parametrize(
    "pattern",
    [pattern for pattern in ours() if pattern.name not in SIGNED_IN],
    ids=lambda pattern: str(pattern.pattern),
)
def test_no_request_wide_transaction(pattern):
    assert "default" in pattern.callback._non_atomic_requests


@pytest.mark.parametrize("pattern", list(ours()), ids=lambda pattern: str(pattern.pattern))
def test_only_the_history_asks_for_a_login(pattern):
    assert getattr(pattern.callback, "login_required", True) is (pattern.name in SIGNED_IN)
