"""Creates a payment: frozen as sold, and counted against the stock."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import EventKind, EventSource, Mode
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Payment, PaymentSettings
from wagtail_payments.money import included_tax
from wagtail_payments.providers.base import Provider
from wagtail_payments.selectors.products.products import stock_left
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.products import stock_begin, stock_lock
from wagtail_payments.services.revenue import payment_mark_stale

from .quotes import Payer, Quote


def payment_create(quote: Quote, payer: Payer, site: Site | None, provider: Provider) -> Payment:
    """Return a new payment, or the one that a parallel request has created.

    Raises CheckoutRefused if the stock is too low.
    """
    payment = _payment_from(quote, payer, site, provider)
    if quote.price.stock is not None:
        stock_begin(**_stock_keys(quote))
    try:
        with transaction.atomic():
            _check_stock(quote, payment.mode)
            payment.save(force_insert=True)
            payment_mark_stale(payment)
            timeline_add(
                payment=payment,
                kind=EventKind.CREATED,
                source=EventSource.VISITOR,
                actor=payment.payer,
                amount=payment.amount,
            )
    except IntegrityError:
        # The other request of a double click was faster. Any other conflict is a bug.
        other = Payment.objects.filter(attempt_key=quote.attempt_key).first()
        if other is None:
            raise
        return other
    return payment


def _payment_from(quote: Quote, payer: Payer, site: Site | None, provider: Provider) -> Payment:
    product, price = quote.product, quote.price
    expires_at = timezone.now() + timedelta(seconds=payments_conf().CHECKOUT_EXPIRES_AFTER)
    seller = PaymentSettings.for_site(site) if site else PaymentSettings()
    return Payment(
        attempt_key=quote.attempt_key,
        terms_digest=quote.digest,
        site=site,
        product=product,
        product_key=product.translation_key,
        price_key=price.key,
        title=product.name,
        price_name=price.name,
        unit_amount=quote.unit_amount,
        quantity=quote.quantity,
        amount=quote.amount,
        currency=price.currency,
        tax_rate=price.tax_rate,
        tax_amount=included_tax(quote.amount, price.tax_rate),
        payer=payer.user,
        payer_name=payer.name,
        payer_email=payer.email,
        language=payer.language,
        terms_url=seller.terms_url,
        provider=provider.alias,
        mode=Mode.LIVE if provider.live else Mode.TEST,
        ui=quote.ui,
        expires_at=expires_at,
        next_check_at=expires_at + timedelta(minutes=1),
        **_sale_context(quote),
    )


def _sale_context(quote: Quote) -> dict[str, Any]:
    """Freeze the page of the sale. If it was deleted, only its id is known."""
    placement = quote.placement
    fields = {"page_id": placement.page_id, "revision_id": placement.revision_id}
    page = Page.objects.filter(pk=placement.page_id).first() if placement.page_id else None
    if page is None:
        return fields
    return {**fields, "page_title": page.title, "page_url": page.full_url or ""}


def _check_stock(quote: Quote, mode: str) -> None:
    """Check the stock with its row locked. Call it inside the transaction."""
    if quote.price.stock is None:
        return
    stock_lock(**_stock_keys(quote))
    left = stock_left(quote.price, mode) or 0
    if left >= quote.quantity:
        return
    message = (
        _("Only %(left)d left. Choose a smaller quantity.") % {"left": left}
        if left
        else _("Sold out.")
    )
    raise CheckoutRefused("sold_out", message, field="quantity", extra={"left": left})


def _stock_keys(quote: Quote) -> dict[str, Any]:
    return {"product_key": quote.product.translation_key, "price_key": quote.price.key}
