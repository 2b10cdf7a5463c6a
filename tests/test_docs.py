"""The documentation lists what the code contains."""

import re
from pathlib import Path

import stripe

from wagtail_payments.permissions import RIGHTS
from wagtail_payments.providers import exceptions, types
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.stripe.events import EVENTS
from wagtail_payments.providers.stripe.provider import ORIGINS
from wagtail_payments.services.user_access.roles import ROLES

DOCS = Path(__file__).resolve().parents[1] / "docs"


def page(path):
    return (DOCS / path).read_text(encoding="utf-8")


def test_the_guide_lists_all_stripe_events():
    (listed,) = re.findall(r"exactly these: (.*?)\.\n", page("how-to/stripe.md"), re.DOTALL)
    assert re.findall(r"`([a-z_.]+)`", listed) == list(EVENTS)


def test_every_event_has_a_reason():
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_.]+)` \| (.+) \|$", page("explanation/stripe.md"), re.M)
    assert [name for name, _ in rows] == list(EVENTS)
    assert [reason.lower() for _, reason in rows] == [
        reason.removesuffix(".").lower() for reason in EVENTS.values()
    ]


def test_the_guide_lists_all_stripe_origins():
    assert [origin for origin in ORIGINS if origin not in page("how-to/stripe.md")] == []


def test_the_reference_lists_all_provider_methods_and_exceptions():
    reference = page("reference/providers.md")
    methods = [name for name in vars(Provider) if not name.startswith("_")]
    errors = [name for name in vars(exceptions) if not name.startswith("_")]
    data = [name for name in vars(types) if name.endswith(("Request", "Snapshot", "Session"))]
    names = [*methods, *errors, *data, "alias"]
    assert [name for name in names if not re.search(rf"`{name}\b", reference)] == []


def test_the_reference_lists_all_permissions_and_roles():
    reference = page("reference/permissions.md")
    rights = re.findall(r"^\| `[A-Z]+` \| `([a-z_]+)` \|", reference, re.M)
    assert rights == list(RIGHTS)
    roles = re.findall(r"^\| (Payments [a-z]+) \| .+ \| (.+) \|$", reference, re.M)
    assert {name: set(re.findall(r"`(\w+)`", names)) for name, names in roles} == {
        role.name: {
            name.removeprefix("wagtail_payments.")
            for name in role.permissions
            if name.startswith("wagtail_payments.")
        }
        for role in ROLES
    }


def test_the_guide_shows_how_to_find_the_api_version():
    assert "stripe.api_version" in page("how-to/stripe.md")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.[a-z]+", stripe.api_version)
