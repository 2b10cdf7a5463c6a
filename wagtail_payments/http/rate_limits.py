"""Rate limits, counted in Django's default cache in windows of a fixed length.

``cache.add`` and ``cache.incr`` are atomic in Redis and Memcached. Ninja's own throttles read, change
and write, so simultaneous requests count once, and they cover only what Ninja serves.
"""

import logging
import time
from hashlib import sha256
from math import ceil

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from wagtail_payments.conf import payments_conf
from wagtail_payments.exceptions import RateLimited
from wagtail_payments.selectors.payments.tokens import Placement

from .client_address import client_address

logger = logging.getLogger(__name__)


def limit_checkout(request: HttpRequest, placement: Placement | None) -> None:
    """Count an attempt to start paying, before anything is created. Raises RateLimited.

    It counts for the address, for the browser's session if there is one, and for the product.
    """
    throttle_hit("checkout_ip", client_address(request))
    throttle_hit("checkout_session", request.session.session_key or "")
    throttle_hit("checkout_product", str(placement.product_id) if placement else "")


def limit_request(request: HttpRequest) -> None:
    """Count any request to the JSON gateway. Raises RateLimited."""
    throttle_hit("read_ip", client_address(request))


def count_wrong_token(request: HttpRequest) -> None:
    """Count a wrong API token. Raises RateLimited."""
    throttle_hit("token_ip", client_address(request))


def throttle_hit(name: str, who: str) -> None:
    """Count a request of ``who`` under the limit ``name``. Raises RateLimited when it is one too many.

    Nothing is counted where ``who`` is empty, or where the site has switched the limit off. A cache that
    is down stops nobody from paying.
    """
    limit = payments_conf().RATE_LIMITS[name]
    if limit is None or not who:
        return
    most, seconds = limit
    now = time.time()
    window = int(now // seconds)
    key = f"wagtail_payments:{name}:{seconds}:{window}:{sha256(who.encode()).hexdigest()}"
    if _counted(key, seconds) > most:
        logger.warning("The rate limit %s is reached.", name)
        raise RateLimited(
            _("That was too often. Wait a little, and try again."),
            retry_after=max(1, ceil((window + 1) * seconds - now)),
        )


def _counted(key: str, seconds: int) -> int:
    """Return how often it was counted in this window, this time included; 0 when the cache can't say."""
    try:
        cache.add(key, 0, timeout=seconds)
        return int(cache.incr(key))
    except Exception as error:  # Every cache has errors of its own.
        logger.warning("The cache can't count for a rate limit: %s.", type(error).__name__)
        return 0
