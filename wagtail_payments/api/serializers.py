"""Converts rows to schemas."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_payments.api.schemas.payments import PaymentOut
from wagtail_payments.api.schemas.prices import (
    OfferOut,
    PageOut,
    PriceOut,
    ProductOut,
    SuggestionOut,
)
from wagtail_payments.models import Payment, Price
from wagtail_payments.selectors.payments.payments import payment_receipt_path, payment_status_path
from wagtail_payments.selectors.payments.status import (
    payment_date,
    payment_date_text,
    payment_status_text,
)
from wagtail_payments.selectors.payments.tokens import payment_token, placement_token
from wagtail_payments.selectors.products.catalog import SoldProduct
from wagtail_payments.selectors.products.offers import price_offer
from wagtail_payments.selectors.products.products import stock_left


def payment_out(payment: Payment, *, user_id: int | None = None) -> PaymentOut:
    """Return a payment for the holder of its link, who may be the user with this id."""
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
        receipt_url=payment_receipt_path(payment, user_id=user_id),
    )


def price_out(price: Price, mode: str) -> PriceOut:
    """Return the current price, and whether it is available."""
    return _price_out(price, stock_left(price, mode))


def product_out(sold: SoldProduct, request: HttpRequest) -> ProductOut:
    """Return a product with everything that a front end needs to sell it."""
    product, page = sold.product, sold.page
    return ProductOut(
        key=str(product.translation_key),
        name=product.name,
        description=product.description,
        language=product.locale.language_code,
        placement=placement_token(
            page_id=page.pk, revision_id=page.live_revision_id, product_id=product.pk
        ),
        page=PageOut(title=page.title, url=page.get_full_url(request) or ""),
        prices=[_offer_out(price, left) for price, left in sold.prices],
    )


def _price_out(price: Price, left: int | None) -> PriceOut:
    return PriceOut(
        key=str(price.key),
        amount=None if price.is_chosen else price.amount,
        amount_display="" if price.is_chosen else price.display_amount,
        available=price.on_sale and left != 0,
        message=_("Sold out.") if left == 0 else "",
    )


def _offer_out(price: Price, left: int | None) -> OfferOut:
    offer = price_offer(price)
    return OfferOut(
        **_price_out(price, left).dict(),
        name=offer.name,
        currency=offer.currency,
        decimals=offer.decimals,
        chosen=offer.chosen,
        hint=offer.hint,
        maximum_quantity=offer.most,
        suggestions=[SuggestionOut(value=it.value, label=it.label) for it in offer.suggestions],
    )
