"""Makes whatever of the example site's content is missing."""

from django.db import transaction

from .history import history_ensure
from .pages import pages_ensure, site_ensure
from .products import products_ensure, seller_ensure
from .users import users_ensure


@transaction.atomic
def content_ensure() -> int:
    """Make site, products, pages, logins and a year of payments; return how many payments are new."""
    site = site_ensure()
    seller_ensure(site)
    products = products_ensure()
    pages_ensure(site.root_page, products)
    users_ensure(products)
    return history_ensure(site, products)
