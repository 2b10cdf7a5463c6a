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

    It counts for the address, the browser's session if there is one, and the product.
    """
    throttle_hit("checkout_ip", client_address(request))
    throttle_hit("checkout_session", request.session.session_key or "")
    throttle_hit("checkout_product", str(placement.product_id) if placement else "")


def limit_request(request: HttpRequest) -> None:
    """Count any request to the JSON API. Raises RateLimited."""
    throttle_hit("read_ip", client_address(request))


def count_wrong_token(request: HttpRequest) -> None:
    """Count a wrong API token. Raises RateLimited."""
    throttle_hit("token_ip", client_address(request))


def throttle_hit(name: str, client: str) -> None:
    """Count a request of ``client`` for the limit ``name``. Raises RateLimited if it is exceeded.

    Nothing is counted if ``client`` is empty or the limit is switched off. If the cache is down, requests
    are allowed.
    """
    limit = payments_conf().RATE_LIMITS[name]
    if limit is None or not client:
        return
    most, seconds = limit
    now = time.time()
    window = int(now // seconds)
    key = f"wagtail_payments:{name}:{seconds}:{window}:{sha256(client.encode()).hexdigest()}"
    if _counted(key, seconds) > most:
        logger.warning("The rate limit %s is reached.", name)
        raise RateLimited(
            _("Too many attempts. Wait a moment and try again."),
            retry_after=max(1, ceil((window + 1) * seconds - now)),
        )


def _counted(key: str, seconds: int) -> int:
    """Return the count in this window, including this one; 0 if the cache is down."""
    try:
        cache.add(key, 0, timeout=seconds)
        return int(cache.incr(key))
    except Exception as error:  # Each cache backend has errors of its own.
        logger.warning("The cache can't count for a rate limit: %s.", type(error).__name__)
        return 0
