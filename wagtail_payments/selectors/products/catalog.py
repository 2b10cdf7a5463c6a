"""The public catalog: products that are sold on public pages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
from wagtail.models import Page, ReferenceIndex, Site

from wagtail_payments.enums import Mode
from wagtail_payments.models import Price, Product
from wagtail_payments.providers.registry import get_provider

from .products import product_prices, product_sale_problem, stocks_taken


@dataclass(frozen=True, slots=True)
class SoldProduct:
    """A product, the first page that sells it, and its prices with the stock left (None: no limit)."""

    product: Product
    page: Page
    prices: list[tuple[Price, int | None]]


def products_on_public_pages(site: Site | None) -> list[SoldProduct]:
    """Return the products that public pages of ``site`` sell, by name.

    Wagtail's reference index says which page refers to a product. The number of queries is fixed.
    """
    if site is None:
        return []
    active = Product.objects.filter(live=True, active=True).select_related("locale")
    products = [
        product
        for product in active.prefetch_related("prices")
        if not product_sale_problem(product)
    ]
    pages = _first_pages(products, site)
    sold = [product for product in products if product.pk in pages]
    return [
        SoldProduct(product=product, page=pages[product.pk], prices=list(prices))
        for product, prices in zip(sold, _prices_left(sold), strict=True)
    ]


def products_on_pages(pages: QuerySet[Page]) -> QuerySet[Product]:
    """Return the products that ``pages`` refer to, by Wagtail's reference index."""
    references = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=pages.order_by().annotate(key=Cast("pk", CharField())).values("key"),
        to_content_type=ContentType.objects.get_for_model(Product),
    )
    products: QuerySet[Product] = Product.objects.filter(
        pk__in=[int(key) for key in references.values_list("to_object_id", flat=True)]
    )
    return products


def _first_pages(products: list[Product], site: Site) -> dict[int, Page]:
    """Return by product the first page, in the order of the page tree, that sells it."""
    references = ReferenceIndex.get_references_to_in_bulk(products).filter(
        base_content_type=ContentType.objects.get_for_model(Page)
    )
    found = set(references.values_list("to_object_id", "object_id"))
    public = Page.objects.live().public().descendant_of(site.root_page, inclusive=True)
    pages = public.filter(pk__in={page_id for _, page_id in found}).order_by("path").in_bulk()
    first: dict[int, Page] = {}
    for product_id, page_id in found:
        product_key, page = int(product_id), pages.get(int(page_id))
        if page and (product_key not in first or page.path < first[product_key].path):
            first[product_key] = page
    return first


def _prices_left(products: list[Product]) -> Iterator[Iterable[tuple[Price, int | None]]]:
    if not products:
        return
    mode = Mode.LIVE if get_provider().live else Mode.TEST
    prices = [price for product in products for price in product_prices(product)]
    taken = stocks_taken(prices, mode)
    for product in products:
        yield [
            (price, _left(price, taken.get((product.translation_key, price.key), 0)))
            for price in product_prices(product)
        ]


def _left(price: Price, taken: int) -> int | None:
    return None if price.stock is None else max(0, price.stock - taken)
