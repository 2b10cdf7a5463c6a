"""The products on the site's public pages, for headless front ends."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from wagtail.models import Site

from wagtail_payments.api.schemas.prices import ProductsOut
from wagtail_payments.api.schemas.problems import problems
from wagtail_payments.selectors.products.catalog import products_on_public_pages

from .serializers import product_out

router = Router(tags=["Products"])


@router.get(
    "products/",
    response={200: ProductsOut, **problems()},
    url_name="products",
    operation_id="products",
    summary="What is sold on public pages",
)
def products(request: HttpRequest) -> dict[str, Any]:
    """List the products that are sold on public pages of this site."""
    site = Site.find_for_request(request)
    return {"items": [product_out(sold, request) for sold in products_on_public_pages(site)]}
