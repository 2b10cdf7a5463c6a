"""Creates the orchard's products and seller settings."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Locale, Site

from wagtail_payments.models import PaymentSettings, Price, Product

from .facts import PAGES, SELLER
from .media import image_ensure


def seller_ensure(site: Site) -> None:
    """Fill in the seller's settings if they are empty, and update the port in the URL of the terms."""
    seller = PaymentSettings.for_site(site)
    if seller.seller_name:
        seller.terms_url = re.sub(
            r"^http://127\.0\.0\.1:\d+/", f"{site.root_url}/", seller.terms_url
        )
        seller.save()
        return
    for name, value in SELLER.items():
        setattr(seller, name, value)
    seller.logo = image_ensure("logo.png", "Our quince")
    seller.terms_url = f"{site.root_url}/terms/"
    seller.save()


def workshop_day() -> datetime:
    """Return the start of the next workshop: a Saturday at ten, at least seven weeks ahead."""
    earliest = timezone.localtime() + timedelta(weeks=7)
    saturday = earliest + timedelta(days=(5 - earliest.weekday()) % 7)
    return saturday.replace(hour=10, minute=0, second=0, microsecond=0)


def products_ensure() -> dict[str, Product]:
    """Return the products by name, created if they are missing."""
    pictures = {page.product: page.picture for page in PAGES}
    offers = {
        "Plant a tree": _donation(),
        "Grafting workshop": _workshop(workshop_day()),
        "Harvest box": _box(),
    }
    return {
        name: _product_ensure(name, pictures[name], description, prices)
        for name, (description, prices) in offers.items()
    }


def _product_ensure(
    name: str, picture: str, description: str, prices: list[dict[str, Any]]
) -> Product:
    product: Product | None = Product.objects.filter(name=name).first()
    if product is not None:
        return product
    product = Product(
        name=name,
        description=description,
        image=image_ensure(picture, name),
        locale=Locale.get_active(),
    )
    product.prices = [
        Price(currency="EUR", sort_order=number, **fields) for number, fields in enumerate(prices)
    ]
    product.save()
    product.save_revision().publish()
    return product


def _donation() -> tuple[str, list[dict[str, Any]]]:
    price = {
        "amount_type": "chosen",
        "minimum": 500,
        "maximum": 500_000,
        "suggested": [1000, 2500, 6000, 12_000],
    }
    return "A quince, an apple or a pear for the gaps that last winter left.", [price]


def _workshop(begins: datetime) -> tuple[str, list[dict[str, Any]]]:
    shared = {
        "tax_rate": 19,
        "stock": 16,
        "maximum_quantity": 4,
        "sold_until": begins - timedelta(days=2),
    }
    return (
        f"{begins:%A}, {begins.day} {begins:%B %Y}, ten to four, in the press house.",
        [
            {"name": "Adult", "amount": 4800, **shared},
            {"name": "Under 25", "amount": 2800, **shared},
        ],
    )


def _box() -> tuple[str, list[dict[str, Any]]]:
    price = {"name": "12 kg", "amount": 2450, "tax_rate": 7, "maximum_quantity": 3}
    return "Twelve kilos, mixed. Fetch it on Saturday.", [price]
