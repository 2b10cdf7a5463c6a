"""Checkouts."""

from typing import Annotated

from ninja import Schema

from .base import about, shown
from .payments import PAYMENT, PaymentOut
from .prices import PRICE, PriceOut

_PLACEMENT = "WzMsbnVsbCw3LCIiXQ:BPSkVo3cS1u"
_PAYER = {"email": "zoe@example.org", "name": "Zoë"}
_STARTED = {**PAYMENT, "status": "pending", "finished": False, "paid": False, "receipt_url": None}

_ORDER = {
    "placement": _PLACEMENT,
    "price_key": PRICE["key"],
    "quantity": 2,
    "amount": "",
    "shown_amount": 2500,
    "currency": "EUR",
    "email": "zoe@example.org",
    "name": "Zoë",
    "attempt_key": "9d3a5f4f-6c5b-4b8e-9c55-5b0a0a3c7e10",
    "ui": "hosted",
    "again": False,
}


class PayerOut(Schema):
    """The signed-in visitor's data, to fill in the form."""

    model_config = shown(_PAYER)

    email: Annotated[str, about("The signed-in visitor's address; empty for others.")]
    name: Annotated[str, about("The signed-in visitor's name; may be empty.")]


class ConfigOut(Schema):
    """What a cached block needs to know about this visitor and moment."""

    model_config = shown(
        {
            "csrf_token": "m3Jt0cCwXW7yQ9mJ",
            "mode": "live",
            "provider": "stripe",
            "module": "/static/wagtail_payments/stripe.js",
            "payer": _PAYER,
            "prices": [PRICE],
            "messages": {"expired_card": "This card has expired. Try another one."},
        }
    )

    csrf_token: Annotated[str, about("What every POST sends as X-CSRFToken.")]
    mode: Annotated[str, about("live, or test: then no money is moved.")]
    provider: Annotated[str, about("The alias of the provider that takes the money.")]
    module: Annotated[str | None, about("The provider's browser module, if it has one.")]
    payer: Annotated[PayerOut, about("What is known of the visitor.")]
    prices: Annotated[list[PriceOut], about("The product's prices as they are now.")]
    messages: Annotated[dict[str, str], about("Sentences for a provider's reasons to decline.")]


class CheckoutIn(Schema):
    """The request to start paying."""

    model_config = shown(_ORDER, extra="forbid")

    placement: Annotated[str, about("From the block, or from the products.", max_length=500)]
    price_key: Annotated[str, about("Which price.", max_length=40)]
    quantity: Annotated[int, about("How many.")] = 1
    amount: Annotated[
        str, about("Where the payer chooses it: as typed, in the main unit.", max_length=40)
    ] = ""
    shown_amount: Annotated[int | None, about("The total that was shown, in minor units.")] = None
    currency: Annotated[str, about("The currency that was shown.", max_length=10)] = ""
    email: Annotated[str, about("Where the receipt goes.", max_length=320)]
    name: Annotated[str, about("The payer's name; may be empty.", max_length=300)] = ""
    attempt_key: Annotated[str, about("A UUID for one try at paying.", max_length=40)]
    ui: Annotated[str, about("Where to pay: inline or hosted.")]
    again: Annotated[bool, about("Pay once more, after `paid_recently`.")] = False


class CheckoutOut(Schema):
    """An open checkout: the URL to go to, or the data to mount the provider's element with."""

    model_config = shown(
        {
            "payment": _STARTED,
            "redirect_url": "https://checkout.example.com/c/1",
            "client": None,
        }
    )

    payment: Annotated[PaymentOut, about("The payment that was started.")]
    redirect_url: Annotated[str | None, about("Where to send the visitor; null for inline.")]
    client: Annotated[
        dict[str, str] | None,
        about("What the provider's element is mounted with; null for hosted."),
    ]
