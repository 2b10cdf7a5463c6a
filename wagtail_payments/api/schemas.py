"""What goes in and out of the JSON gateway."""

from typing import Annotated

from ninja import Field, Schema


class PriceOut(Schema):
    """A price as it is now. ``amount`` is in minor units, null when the payer chooses it."""

    key: str
    amount: int | None
    amount_display: str
    available: bool
    message: str


class PayerOut(Schema):
    """What is known of the visitor, to fill in the form."""

    email: str
    name: str


class ConfigOut(Schema):
    """What a cached block needs to know about this visitor and this moment."""

    csrf_token: str
    mode: str
    provider: str
    module: str | None
    payer: PayerOut
    prices: list[PriceOut]
    messages: dict[str, str]


class CheckoutIn(Schema, extra="forbid"):
    """What the browser sends to start paying. ``amount`` is what was typed, in the main unit.

    ``shown_amount`` (minor units of the total) and ``currency`` are what the visitor saw.
    """

    placement: Annotated[str, Field(max_length=500)]
    price_key: Annotated[str, Field(max_length=40)]
    quantity: int = 1
    amount: Annotated[str, Field(max_length=40)] = ""
    shown_amount: int | None = None
    currency: Annotated[str, Field(max_length=10)] = ""
    email: Annotated[str, Field(max_length=320)]
    name: Annotated[str, Field(max_length=300)] = ""
    attempt_key: Annotated[str, Field(max_length=40)]
    ui: str
    again: bool = False


class PaymentOut(Schema):
    """A payment, as whoever holds its link may see it: nothing of who paid."""

    id: str
    status: str
    status_label: str
    finished: bool
    paid: bool
    mode: str
    product: str
    amount: int
    amount_display: str
    currency: str
    date: str
    date_display: str
    method: str
    last4: str
    message: str
    api_url: str
    status_url: str
    receipt_url: str | None


class CheckoutOut(Schema):
    """An open checkout: where to go, or what to mount the provider's element with."""

    payment: PaymentOut
    redirect_url: str | None
    client: dict[str, str] | None


class FieldError(Schema):
    """An error at one field."""

    field: str
    message: str


class Problem(Schema):
    """An error, as RFC 9457 has it, with a stable ``code``."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []
