"""The fake's routes, named as in Stripe's document."""

import re
from dataclasses import dataclass
from typing import Any

from . import refunds, sessions
from .store import created_within, page, public

SERVER_SIDE = frozenset({"created", "delivery_success", "type", "types"})
PAGING = frozenset({"limit", "starting_after", "ending_before", "expand"})


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    view: Any
    kind: str = ""

    @property
    def pattern(self):
        return re.compile(re.sub(r"\{\w+}", "([^/]+)", self.path))


def retrieve(fake, params, obj):
    return public(obj)


def listing(kind, path):
    def view(fake, params):
        filters = {k: v for k, v in params.items() if k not in PAGING | SERVER_SIDE}
        objects = [
            obj
            for obj in fake.store.find(kind, _live=fake.live, **filters)
            if matches_filters(obj, params)
        ]
        return page(objects, params, path)

    return view


def matches_filters(obj, params):
    return (
        created_within(obj, params.get("created", {}))
        and obj.get("_delivered") is params.get("delivery_success", obj.get("_delivered"))
        and obj.get("type") in params.get("types", [params.get("type", obj.get("type"))])
    )


def session_create(fake, params):
    return public(sessions.create(fake, params))


def session_expire(fake, params, session):
    return public(sessions.expire(fake, params, session))


def session_items(fake, params, session):
    return page(session["_items"], params, f"/v1/checkout/sessions/{session['id']}/line_items")


def refund_create(fake, params):
    return public(refunds.create(fake, params))


def account(fake, params):
    return {
        "id": "acct_1TheOrchardFake", "object": "account", "charges_enabled": True,
        "country": "DE", "default_currency": "eur", "details_submitted": True,
        "email": "treasurer@example.org", "payouts_enabled": True, "type": "standard",
        "settings": None,
    }  # fmt: skip


def balance(fake, params):
    nothing = [{"amount": 0, "currency": "eur", "source_types": {"card": 0}}]
    return {
        "object": "balance", "available": nothing, "livemode": fake.live, "pending": nothing
    }  # fmt: skip


def readable(path, name, kind):
    """Return the routes to list and to retrieve a kind of object."""
    return (
        Route("get", path, listing(kind, path)),
        Route("get", f"{path}/{{{name}}}", retrieve, kind),
    )


SESSIONS = "/v1/checkout/sessions"
ROUTES = (
    *readable(SESSIONS, "session", "checkout.session"),
    Route("post", SESSIONS, session_create),
    Route("post", f"{SESSIONS}/{{session}}/expire", session_expire, "checkout.session"),
    Route("get", f"{SESSIONS}/{{session}}/line_items", session_items, "checkout.session"),
    *readable("/v1/payment_intents", "intent", "payment_intent"),
    *readable("/v1/charges", "charge", "charge"),
    *readable("/v1/refunds", "refund", "refund"),
    Route("post", "/v1/refunds", refund_create),
    *readable("/v1/disputes", "dispute", "dispute"),
    *readable("/v1/balance_transactions", "id", "balance_transaction"),
    *readable("/v1/events", "id", "event"),
    *readable("/v1/payouts", "payout", "payout"),
    *readable("/v1/webhook_endpoints", "webhook_endpoint", "webhook_endpoint"),
    Route("get", "/v1/account", account),
    Route("get", "/v1/balance", balance),
)
PATTERNS = tuple((route.pattern, route) for route in ROUTES)


def find_route(method, path):
    """Return the route of a request and the id in its path, if any; None for an unknown path."""
    for pattern, route in PATTERNS:
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, match[1] if match.groups() else None
    return None
