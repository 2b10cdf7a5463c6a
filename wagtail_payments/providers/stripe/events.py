"""The relevant events of Stripe, and their objects. The current state is always requested."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeGuard

from wagtail_payments.providers.exceptions import SignatureInvalid
from wagtail_payments.providers.types import WebhookNotice

from .signatures import Secret, signature_valid

EVENTS: Mapping[str, str] = {
    "checkout.session.completed": "The payer has finished: it is paid, or the money is on its way.",
    "checkout.session.async_payment_succeeded": "The money of a delayed method has arrived.",
    "checkout.session.async_payment_failed": "A delayed method has failed.",
    "checkout.session.expired": "No one can pay it anymore.",
    "payment_intent.payment_failed": "An attempt was declined. The reason is added to the timeline.",
    "charge.updated": "The fee is known.",
    "refund.created": "A refund was created, perhaps in Stripe's dashboard.",
    "refund.updated": "A pending refund has succeeded or was canceled.",
    "refund.failed": "A refund has failed, perhaps days later.",
    "charge.dispute.created": "The payer's bank wants the money back.",
    "charge.dispute.updated": "The dispute has changed.",
    "charge.dispute.closed": "The dispute is won, lost or withdrawn.",
}
"""The event types that an endpoint needs, each with its reason. Others are stored and ignored."""

LONGEST_TEXT = 255

OURS = ("app", "host", "site", "payment", "refund")
"""The metadata keys that our requests set on Stripe's objects."""


def webhook_notice(
    body: bytes, header: str, *, secrets: Iterable[Secret], now: datetime
) -> WebhookNotice:
    """Return what a webhook is about.

    Raises SignatureInvalid unless it is signed and a "snapshot" event; "thin" events are not supported.
    """
    if not signature_valid(body, header, secrets=secrets, now=now):
        raise SignatureInvalid("The signature is not valid, or its time is too far from now.")
    try:
        return notice_of(json.loads(body))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise SignatureInvalid("This is not an event.")


def notice_of(event: Any) -> WebhookNotice:
    """Return what an event is about. Raises KeyError or TypeError if it is not an event."""
    if event["object"] != "event":
        raise TypeError("not a snapshot event")
    kind = _text(event["type"])
    obj = event["data"]["object"]
    checkout, payment = _references(obj)
    return WebhookNotice(
        event_id=_text(event["id"]),
        type=kind,
        live=event["livemode"] is True,
        version=str(event.get("api_version") or ""),
        checkout_reference=checkout,
        payment_reference=payment,
        metadata=_metadata(obj),
        relevant=kind in EVENTS,
    )


def _references(obj: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the ids of the session and the payment intent, None for missing ones."""
    match obj.get("object"):
        case "checkout.session":
            return _reference(obj.get("id")), _reference(obj.get("payment_intent"))
        case "payment_intent":
            return None, _reference(obj.get("id"))
        case _:
            return None, _reference(obj.get("payment_intent"))


def _metadata(obj: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return an object's metadata if they are the payment's.

    Sessions and payment intents always have them, a refund only if staff requested it here.
    """
    found = obj.get("metadata")
    metadata = _clean(found) if isinstance(found, dict) else {}
    own = obj.get("object") in {"checkout.session", "payment_intent"}
    return metadata if own or "app" in metadata else None


def _reference(value: object) -> str | None:
    """Return an id, which may be expanded to an object."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if _is_reference(value) else None


def _is_reference(value: object) -> TypeGuard[str]:
    """Tell whether the value can be an id of Stripe, which is ASCII."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and 0 < len(value) <= LONGEST_TEXT
    )


def _clean(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return only our keys of an object's metadata: others are not ours to store."""
    return {name: metadata[name] for name in OURS if _is_reference(metadata.get(name))}


def _text(value: object) -> str:
    if not _is_reference(value):
        raise TypeError("not a text")
    return value
