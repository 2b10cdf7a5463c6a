"""Creates the example site's missing content."""

from django.db import transaction

from .history import history_ensure
from .pages import pages_ensure, site_ensure
from .products import products_ensure, seller_ensure
from .users import users_ensure


def content_ensure() -> int:
    """Create the site, products, pages, logins and past payments; return the number of new payments."""
    _site_ensure()
    # After the transaction, because only then does the reference index know which page sells a product.
    return history_ensure()


@transaction.atomic
def _site_ensure() -> None:
    site = site_ensure()
    seller_ensure(site)
    products = products_ensure()
    pages_ensure(site.root_page, products)
    users_ensure(products)
