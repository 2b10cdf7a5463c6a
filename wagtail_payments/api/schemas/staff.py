"""Payments and products, for software of staff."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from wagtail_payments.enums import Mode, PaymentStatus

from .base import about, shown

_PAYER = {"name": "Zoë", "email": "zoe@example.org", "hidden": False}
_PAYMENT = {
    "id": "4f0f6f9e-7d0a-4a61-8b7e-2f9f2a6a1c55",
    "status": "succeeded",
    "review_reason": "",
    "mode": "live",
    "product_key": "0b0e7c58-4d53-4b8f-8c37-1f2a2f0b6a11",
    "price_key": "5f0c6a4e-3c1e-4c3f-9a44-0d8f5e0f8d1b",
    "product": "Star night, Adult × 2",
    "quantity": 2,
    "amount": 2500,
    "tax_amount": 0,
    "refunded_amount": 0,
    "fee": 59,
    "currency": "EUR",
    "provider": "stripe",
    "payment_reference": "pi_3Nf0",
    "receipt_number": "ST-2026-00017",
    "created_at": "2026-11-25T18:28:00Z",
    "paid_at": "2026-11-25T18:30:00Z",
    "payer": _PAYER,
}
_PRICE = {
    "key": "5f0c6a4e-3c1e-4c3f-9a44-0d8f5e0f8d1b",
    "name": "Adult",
    "active": True,
    "currency": "EUR",
    "amount": 1250,
    "stock": 40,
}
_PRODUCT = {
    "key": "0b0e7c58-4d53-4b8f-8c37-1f2a2f0b6a11",
    "name": "Star night",
    "language": "en",
    "live": True,
    "active": True,
    "prices": [_PRICE],
}

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


def _storable(moment: datetime) -> datetime:
    """Return ``moment`` in UTC, or the nearest one that every database accepts.

    PostgreSQL accepts time zones up to 16 hours away.
    """
    return min(max(moment, _FIRST), _LAST).astimezone(UTC)


def _written(text: object) -> object:
    """Return ``text`` if it has date and time; pydantic would also accept seconds since 1970."""
    if isinstance(text, str) and "t" not in text.lower():
        raise ValueError("no date and time")
    return text


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_storable)]


class StaffPaymentFilters(Schema):
    """The filters for payments, which are combined."""

    model_config = shown(
        {
            "status": ["succeeded"],
            "product": "0b0e7c58-4d53-4b8f-8c37-1f2a2f0b6a11",
            "created_from": "2026-11-01T00:00:00Z",
            "created_to": "2026-12-01T00:00:00Z",
            "mode": "live",
        }
    )

    status: list[PaymentStatus] = Field(
        [], description="Only these; several may be given.", examples=[["succeeded"]]
    )
    product: UUID | None = Field(None, description="Only of the product with this key.")
    created_from: Moment | None = Field(
        None, description="Only what was started then or later.", examples=["2026-11-01T00:00:00Z"]
    )
    created_to: Moment | None = Field(
        None, description="Only what was started before.", examples=["2026-12-01T00:00:00Z"]
    )
    mode: Mode | None = Field(None, description="Only real, or only test money.")


class StaffPayerOut(Schema):
    """The payer, if the token and its owner may see payers."""

    model_config = shown(_PAYER)

    name: Annotated[str, about("The name; empty when hidden.")]
    email: Annotated[str, about("The e-mail address; empty when hidden.")]
    hidden: Annotated[bool, about("Whether token or owner may not see it.")]


class StaffPaymentOut(Schema):
    """A payment with data for accounting. Amounts are in minor units."""

    model_config = shown(_PAYMENT)

    id: Annotated[str, about("The transaction id, a UUID.")]
    status: Annotated[
        str, about("created, pending, processing, succeeded, failed, expired or canceled.")
    ]
    review_reason: Annotated[str, about("Why a person should look at it; empty for no reason.")]
    mode: Annotated[str, about("live, or test: then no money was moved.")]
    product_key: Annotated[str, about("The product's key.")]
    price_key: Annotated[str, about("The price's key.")]
    product: Annotated[str, about("What was bought, in words.")]
    quantity: Annotated[int, about("How many.")]
    amount: Annotated[int, about("The total.")]
    tax_amount: Annotated[int, about("How much of it is tax.")]
    refunded_amount: Annotated[int, about("How much was given back, or is on its way back.")]
    fee: Annotated[int | None, about("The provider's fee; null while nobody knows it.")]
    currency: Annotated[str, about("ISO 4217.")]
    provider: Annotated[str, about("The provider's alias.")]
    payment_reference: Annotated[str | None, about("The provider's own id of the payment.")]
    receipt_number: Annotated[str | None, about("The receipt's number; null while there is none.")]
    created_at: Annotated[datetime, about("When it was started.")]
    paid_at: Annotated[datetime | None, about("When it was paid.")]
    payer: Annotated[StaffPayerOut, about("Who paid.")]


class StaffPaymentsOut(Schema):
    """A page of the payments that the token's owner may export."""

    model_config = shown({"count": 1, "page": 1, "limit": 50, "items": [_PAYMENT]})

    count: Annotated[int, about("How many of them there are in all.")]
    page: Annotated[int, about("Which page this is.")]
    limit: Annotated[int, about("How many are on a page.")]
    items: Annotated[list[StaffPaymentOut], about("The payments, newest first.")]


class StaffPriceOut(Schema):
    """A price, on sale or not."""

    model_config = shown(_PRICE)

    key: Annotated[str, about("The price's key.")]
    name: Annotated[str, about("What tells several prices apart; may be empty.")]
    active: Annotated[bool, about("Whether it is switched on.")]
    currency: Annotated[str, about("ISO 4217.")]
    amount: Annotated[int | None, about("In minor units; null when the payer chooses it.")]
    stock: Annotated[int | None, about("How many may be sold in all; null for no limit.")]


class StaffProductOut(Schema):
    """A product that the token's owner may see."""

    model_config = shown(_PRODUCT)

    key: Annotated[str, about("The product's key; its translations share it.")]
    name: Annotated[str, about("What it is called.")]
    language: Annotated[str, about("The language of this translation.")]
    live: Annotated[bool, about("Whether it is published.")]
    active: Annotated[bool, about("Whether it is switched on.")]
    prices: Annotated[list[StaffPriceOut], about("Its prices, in the editor's order.")]


class StaffProductsOut(Schema):
    """A page of the products that the token's owner may see."""

    model_config = shown({"count": 1, "page": 1, "limit": 50, "items": [_PRODUCT]})

    count: Annotated[int, about("How many of them there are in all.")]
    page: Annotated[int, about("Which page this is.")]
    limit: Annotated[int, about("How many are on a page.")]
    items: Annotated[list[StaffProductOut], about("The products by name.")]
