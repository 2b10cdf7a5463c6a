"""Converts rows to the schemas for staff."""

from wagtail_payments.api.schemas.staff import (
    StaffPayerOut,
    StaffPaymentOut,
    StaffPriceOut,
    StaffProductOut,
)
from wagtail_payments.enums import ApiScope
from wagtail_payments.models import ApiToken, Payment, Price, Product
from wagtail_payments.selectors.payments.payers import payer_shown


def staff_payment_out(payment: Payment, *, token: ApiToken) -> StaffPaymentOut:
    """Return a payment, with the payer only if ``token`` and its owner may see payers."""
    receipt = getattr(payment, "receipt", None)
    return StaffPaymentOut(
        id=str(payment.public_id),
        status=payment.status,
        review_reason=payment.review_reason,
        mode=payment.mode,
        product_key=str(payment.product_key),
        price_key=str(payment.price_key),
        product=payment.item,
        quantity=payment.quantity,
        amount=payment.amount,
        tax_amount=payment.tax_amount,
        refunded_amount=payment.refunded_amount,
        fee=payment.fee,
        currency=payment.currency,
        provider=payment.provider,
        payment_reference=payment.payment_reference,
        receipt_number=receipt.code if receipt else None,
        created_at=payment.created_at,
        paid_at=payment.paid_at,
        payer=_payer_out(payment, token),
    )


def staff_product_out(product: Product) -> StaffProductOut:
    """Return a product with all its prices. Uses prefetched prices."""
    return StaffProductOut(
        key=str(product.translation_key),
        name=product.name,
        language=product.locale.language_code,
        live=product.live,
        active=product.active,
        prices=[_price_out(price) for price in product.prices.all()],
    )


def _price_out(price: Price) -> StaffPriceOut:
    return StaffPriceOut(
        key=str(price.key),
        name=price.name,
        active=price.active,
        currency=price.currency,
        amount=None if price.is_chosen else price.amount,
        stock=price.stock,
    )


def _payer_out(payment: Payment, token: ApiToken) -> StaffPayerOut:
    if ApiScope.READ_PAYERS not in token.scopes:
        return StaffPayerOut(name="", email="", hidden=True)
    payer = payer_shown(payment, token.user)
    return StaffPayerOut(name=payer.name, email=payer.email, hidden=payer.hidden)
