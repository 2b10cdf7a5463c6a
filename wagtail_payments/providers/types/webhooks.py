"""Webhook events."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class NoticeObject(StrEnum):
    """The kind of object that a webhook is about."""

    PAYMENT = "payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotice:
    """A verified webhook, reduced to the keys of its object, whose state is always requested.

    ``metadata`` is the object's, None if events of this type lack the payment's.
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
    """An event that the provider could not deliver, with its body."""

    notice: WebhookNotice
    body: bytes
