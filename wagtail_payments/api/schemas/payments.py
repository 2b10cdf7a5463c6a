"""Payments, for holders of their links and for the users who made them."""

from typing import Annotated

from ninja import Schema

from .base import about, shown

PAYMENT = {
    "id": "4f0f6f9e-7d0a-4a61-8b7e-2f9f2a6a1c55",
    "status": "succeeded",
    "status_label": "Success",
    "finished": True,
    "paid": True,
    "mode": "live",
    "product": "Star night, Adult × 2",
    "amount": 2500,
    "amount_display": "€25.00",
    "currency": "EUR",
    "date": "2026-11-25T19:30:00+01:00",
    "date_display": "Nov. 25, 2026, 7:30 p.m.",
    "method": "Visa •••• 4242",
    "last4": "4242",
    "message": "Thank you. Your payment has arrived, and your receipt is on its way by email.",
    "api_url": "/payments/api/payments/4f0f6f9e:BPSkVo3cS1u/",
    "status_url": "/payments/status/4f0f6f9e:BPSkVo3cS1u/",
    "receipt_url": "/payments/status/4f0f6f9e:BPSkVo3cS1u/receipt/",
}

_LINK_ASKED = (
    "If we have an email address for this payment, a new receipt link is on its way. "
    "We send at most one per hour."
)


class PaymentOut(Schema):
    """A payment, for the holder of its link, without the payer."""

    model_config = shown(PAYMENT)

    id: Annotated[str, about("The transaction id, a UUID. It opens nothing.")]
    status: Annotated[
        str, about("created, pending, processing, succeeded, failed, expired or canceled.")
    ]
    status_label: Annotated[str, about("How it stands, in a word.")]
    finished: Annotated[bool, about("Whether no further change is expected.")]
    paid: Annotated[bool, about("Whether the money came.")]
    mode: Annotated[str, about("live, or test: then no money was moved.")]
    product: Annotated[str, about("What was bought.")]
    amount: Annotated[int, about("The total in minor units.")]
    amount_display: Annotated[str, about("The same in the visitor's language.")]
    currency: Annotated[str, about("ISO 4217.")]
    date: Annotated[str, about("When it was paid, or started: ISO 8601, in the site's time zone.")]
    date_display: Annotated[str, about("The same in words.")]
    method: Annotated[str, about("The payment method; empty while it is unknown.")]
    last4: Annotated[str, about("The last four digits; may be empty.")]
    message: Annotated[str, about("What happens next, in a sentence.")]
    api_url: Annotated[str, about("Where this answer is.")]
    status_url: Annotated[str, about("The page that shows it.")]
    receipt_url: Annotated[str | None, about("The receipt's PDF; null while this link gives none.")]


class ReceiptLinkOut(Schema):
    """The answer, which is the same whether or not an email can be sent."""

    model_config = shown({"message": _LINK_ASKED})

    message: Annotated[str, about("What happens now, in words for the visitor.")]


class HistoryOut(Schema):
    """A page of the signed-in visitor's payments."""

    model_config = shown({"count": 1, "page": 1, "limit": 20, "items": [PAYMENT]})

    count: Annotated[int, about("How many there are in all.")]
    page: Annotated[int, about("Which page this is.")]
    limit: Annotated[int, about("How many are on a page.")]
    items: Annotated[list[PaymentOut], about("The payments, newest first.")]
