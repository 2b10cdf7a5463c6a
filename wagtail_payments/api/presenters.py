"""Turns rows into what the gateway answers."""

from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Payment, Price
from ..selectors.payments import payment_receipt_path, payment_status_path
from ..selectors.products import stock_left
from ..selectors.status import payment_date, payment_date_text, payment_status_text
from ..selectors.tokens import payment_token
from .schemas import PaymentOut, PriceOut


def payment_out(payment: Payment) -> PaymentOut:
    """Return what the holder of a payment's link may see."""
    date = payment_date(payment)
    return PaymentOut(
        id=str(payment.public_id),
        status=payment.status,
        status_label=payment_status_text(payment).heading,
        finished=payment.is_finished,
        paid=payment.is_paid,
        mode=payment.mode,
        product=payment.item,
        amount=payment.amount,
        amount_display=payment.display_amount,
        currency=payment.currency,
        date=date.isoformat(),
        date_display=payment_date_text(payment),
        method=payment.display_method,
        last4=payment.method_last4,
        message=payment_status_text(payment).message,
        api_url=reverse("wagtail_payments:api:payment", args=[payment_token(payment)]),
        status_url=payment_status_path(payment),
        receipt_url=payment_receipt_path(payment),
    )


def price_out(price: Price, mode: str) -> PriceOut:
    """Return a price as it is now, and whether it can be bought."""
    left = stock_left(price, mode)
    return PriceOut(
        key=str(price.key),
        amount=price.amount,
        amount_display=price.display_amount,
        available=price.on_sale and left != 0,
        message=_("Sold out.") if left == 0 else "",
    )
