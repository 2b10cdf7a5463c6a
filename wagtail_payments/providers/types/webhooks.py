"""Webhook events."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class NoticeObject(StrEnum):
    """What kind of object a webhook is about."""

    PAYMENT = "payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotice:
    """A verified webhook, reduced to what finds the object. State is always asked for again.

    ``metadata`` is the object's own, None when events of this type don't carry the payment's.
    """

    event_id: str
    type: str
    live: bool
    object: NoticeObject = NoticeObject.PAYMENT
    version: str = ""
    checkout_reference: str | None = None
    payment_reference: str | None = None
    metadata: Mapping[str, str] | None = None
    relevant: bool = True


@dataclass(frozen=True, slots=True)
class MissedEvent:
    """An event that the provider could not deliver, as it would have been sent."""

    notice: WebhookNotice
    body: bytes
