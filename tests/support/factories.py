"""Create objects for tests, where possible with the package's services."""

from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from wagtail.models import Locale, Site

from wagtail_payments.enums import DisputeStatus
from wagtail_payments.models import Dispute, Payment, PaymentSettings, Price, Product
from wagtail_payments.selectors.payments.tokens import Placement
from wagtail_payments.services.checkout.quotes import CheckoutOrder, Payer
from wagtail_payments.services.checkout.start import StartedCheckout, checkout_start

BASE_URL = "http://testserver/"


def make_site(**settings: Any) -> Site:
    site = Site.objects.get(is_default_site=True)
    seller = PaymentSettings.for_site(site)
    values = {
        "seller_name": "Sternwarte Łódź",
        "seller_address": "Hügel 1\n12345 Ort",
        "seller_tax_number": "DE123456789",
        "support_email": "help@example.org",
        "receipt_series": "ST",
        **settings,
    }
    for name, value in values.items():
        setattr(seller, name, value)
    seller.save()
    return site


def make_product(*, prices: list[dict[str, Any]] | None = None, **fields: Any) -> Product:
    locale = Locale.objects.get_or_create(language_code="en")[0]
    product = Product(**{"name": "Star night", "locale": locale, **fields})
    product.prices = [
        Price(**{"currency": "EUR", "sort_order": number, **price})
        for number, price in enumerate(prices or [{"amount": 1250}])
    ]
    product.save()
    return product


def make_donation(**price: Any) -> Product:
    chosen = {"amount_type": "chosen", "minimum": 500, "maximum": 100000, "suggested": [1000]}
    return make_product(name="Donation", prices=[{**chosen, **price}])


def make_order(product: Product, *, provider: str = "", **changes: Any) -> CheckoutOrder:
    price = product.prices.order_by("sort_order").first()
    defaults = {
        "placement": Placement(None, None, product.pk, provider),
        "price_key": str(price.key),
        "quantity": 1,
        "amount": "",
        "shown_amount": None,
        "attempt_key": str(uuid4()),
        "ui": "inline",
    }
    return CheckoutOrder(**{**defaults, **changes})


def make_payer(**changes: Any) -> Payer:
    return Payer(**{"email": "zoe@example.org", "name": "Zoë", "language": "en", **changes})


def start(product: Product, *, payer: Payer | None = None, **order: Any) -> StartedCheckout:
    return checkout_start(
        order=make_order(product, **order),
        payer=payer or make_payer(),
        site=Site.objects.get(is_default_site=True),
        base_url=BASE_URL,
    )


def make_user(username: str = "zoe", **fields: Any) -> Any:
    return get_user_model().objects.create_user(
        username=username, email=f"{username}@example.org", password="secret", **fields
    )


def make_dispute(
    payment: Payment, status: str = DisputeStatus.NEEDS_RESPONSE, **changes: Any
) -> Dispute:
    fields = {
        "provider": payment.provider,
        "mode": payment.mode,
        "reference": f"du_{uuid4().hex}",
        "amount": payment.amount,
        "currency": payment.currency,
        **changes,
    }
    return Dispute.objects.create(payment=payment, status=status, **fields)


def reload(payment: Payment) -> Payment:
    return Payment.objects.get(pk=payment.pk)
