"""Products and prices."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from wagtail.models import Revision

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import UNFINISHED_STATUSES, PaymentStatus
from wagtail_payments.models import Payment, Price, Product
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider

HOLDING_STATUSES = UNFINISHED_STATUSES | {PaymentStatus.SUCCEEDED}
"""The statuses of payments that use stock."""


_LONGEST_ID = 18
"""The number of digits that every database accepts."""


def products_listed(products: QuerySet[Product]) -> QuerySet[Product]:
    """Return ``products`` annotated for the list: whether publishing is scheduled."""
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Product),
        object_id=Cast(OuterRef("pk"), CharField()),
        approved_go_live_at__isnull=False,
    )
    listed: QuerySet[Product] = products.annotate(scheduled=Exists(scheduled))
    return listed


def could_be_id(text: object) -> bool:
    """Tell whether ``text`` from a URL can be a product's id."""
    return str(text).isdecimal() and len(str(text)) <= _LONGEST_ID


def product_for_sale(product_id: int) -> Product | None:
    """Return the published and active product, None if it is not for sale."""
    product: Product | None = Product.objects.filter(pk=product_id, live=True, active=True).first()
    return product


def product_prices(product: Product) -> list[Price]:
    """Return the prices that are on sale, in the editor's order. Uses prefetched prices."""
    return [price for price in product.prices.all() if price.on_sale]


def product_sale_problem(product: Product, provider: str = "") -> str:
    """Return why ``product`` cannot be sold, in words for editors; empty if it can.

    ``provider`` is an alias, "" for the site's default.
    """
    if not product.live:
        return _("“%(product)s” is not published. Publish it first.") % {"product": product}
    if not product.active:
        return _("“%(product)s” is not active. Activate it first.") % {"product": product}
    prices = product_prices(product)
    if not prices:
        return _("“%(product)s” has no active price. Add one first.") % {"product": product}
    return _currency_problem(prices, provider)


def _currency_problem(prices: list[Price], alias: str) -> str:
    try:
        provider = get_provider(alias or None)
    except ProviderMisconfigured as error:
        return _("The payment provider is not set up: %(error)s") % {"error": error}
    for currency in {price.currency for price in prices}:
        if currency not in payments_conf().CURRENCIES or not provider.supports_currency(currency):
            return _("This site does not accept %(currency)s.") % {"currency": currency}
    return ""


def stock_taken(*, product_key: UUID, price_key: UUID, mode: str) -> int:
    """Return the quantity sold or held by unfinished payments, over all translations.

    Test payments do not use live stock.
    """
    payments = Payment.objects.filter(
        product_key=product_key, price_key=price_key, mode=mode, status__in=HOLDING_STATUSES
    )
    return payments.aggregate(taken=Sum("quantity"))["taken"] or 0


def stocks_taken(prices: Collection[Price], mode: str) -> dict[tuple[UUID, UUID], int]:
    """Return :func:`stock_taken` of many prices at once, by the keys of product and price.

    Prices without a limit are left out, because their sales are not counted.
    """
    limited = [price for price in prices if price.stock is not None]
    payments = Payment.objects.filter(
        product_key__in={price.product.translation_key for price in limited},
        price_key__in={price.key for price in limited},
        mode=mode,
        status__in=HOLDING_STATUSES,
    )
    taken = payments.order_by().values_list("product_key", "price_key").annotate(Sum("quantity"))
    return {(product_key, price_key): count for product_key, price_key, count in taken}


def stock_left(price: Price, mode: str) -> int | None:
    """Return the stock left of ``price`` in ``mode``, None if there is no limit."""
    if price.stock is None:
        return None
    product_key = price.product.translation_key
    taken = stock_taken(product_key=product_key, price_key=price.key, mode=mode)
    return max(0, price.stock - taken)
