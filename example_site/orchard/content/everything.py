"""Makes whatever of the example site's content is missing."""

from django.db import transaction

from .history import history_ensure
from .pages import pages_ensure, site_ensure
from .products import products_ensure, seller_ensure
from .users import users_ensure


def content_ensure() -> int:
    """Make site, products, pages, logins and past payments; return how many payments are new."""
    _site_ensure()
    # The reference index knows which page sells what once the pages are public.
    return history_ensure()


@transaction.atomic
def _site_ensure() -> None:
    site = site_ensure()
    seller_ensure(site)
    products = products_ensure()
    pages_ensure(site.root_page, products)
    users_ensure(products)
