"""Which of Stripe's events matter, and what they are about. State is always asked for again."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeGuard

from wagtail_payments.providers.exceptions import SignatureInvalid
from wagtail_payments.providers.types import WebhookNotice

from .signatures import Secret, signature_valid

EVENTS: Mapping[str, str] = {
    "checkout.session.completed": "The payer is through: it is paid, or the money is on its way.",
    "checkout.session.async_payment_succeeded": "The money of a delayed method arrived.",
    "checkout.session.async_payment_failed": "The money of a delayed method never came.",
    "checkout.session.expired": "No one can pay it anymore.",
    "payment_intent.payment_failed": "An attempt was declined; the reason goes to the timeline.",
    "charge.updated": "The fee is known.",
    "refund.created": "A refund began, perhaps in Stripe's dashboard.",
    "refund.updated": "A refund that took its time went through, or was canceled.",
    "refund.failed": "A refund came back, perhaps days later.",
    "charge.dispute.created": "The payer's bank wants the money back.",
    "charge.dispute.updated": "The dispute moved on.",
    "charge.dispute.closed": "The dispute is won, lost or withdrawn.",
}
"""The types that an endpoint needs, each with its reason. Others are kept and ignored."""

LONGEST_TEXT = 255

OURS = ("app", "host", "site", "payment", "refund")
"""The names of the metadata that our requests give to Stripe's objects."""


def webhook_notice(
    body: bytes, header: str, *, secrets: Iterable[Secret], now: datetime
) -> WebhookNotice:
    """Return what a webhook is about.

    Raises SignatureInvalid unless it is signed, and a "snapshot" event: "thin" ones are none of ours.
    """
    if not signature_valid(body, header, secrets=secrets, now=now):
        raise SignatureInvalid("Stripe didn't sign this, or not just now.")
    try:
        return notice_of(json.loads(body))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise SignatureInvalid("This isn't an event.")


def notice_of(event: Any) -> WebhookNotice:
    """Return what an event of Stripe's is about. Raises KeyError or TypeError for anything else."""
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
    """Return the ids of the session and the payment intent, None for what isn't there."""
    match obj.get("object"):
        case "checkout.session":
            return _reference(obj.get("id")), _reference(obj.get("payment_intent"))
        case "payment_intent":
            return None, _reference(obj.get("id"))
        case _:
            return None, _reference(obj.get("payment_intent"))


def _metadata(obj: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return an object's metadata if these are the payment's.

    Sessions and payment intents always carry them, a refund only when it is our own.
    """
    found = obj.get("metadata")
    metadata = _clean(found) if isinstance(found, dict) else {}
    own = obj.get("object") in {"checkout.session", "payment_intent"}
    return metadata if own or "app" in metadata else None


def _reference(value: object) -> str | None:
    """Return an id, which Stripe may have written out as an object."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if _is_reference(value) else None


def _is_reference(value: object) -> TypeGuard[str]:
    """Tell whether it can be one of Stripe's ids, which are ASCII."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and 0 < len(value) <= LONGEST_TEXT
    )


def _clean(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return what is ours of an object's metadata: others' isn't for us to keep."""
    return {name: metadata[name] for name in OURS if _is_reference(metadata.get(name))}


def _text(value: object) -> str:
    if not _is_reference(value):
        raise TypeError("not a text")
    return value
