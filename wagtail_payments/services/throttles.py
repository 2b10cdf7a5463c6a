"""Counts how often somebody asks, in Django's default cache, in windows of a fixed length.

ninja's own throttles read, change and write, so that requests at the same time count once, and they
reach only what ninja serves. ``cache.add`` and ``cache.incr`` are atomic in Redis and Memcached, and the
form without JavaScript counts in the same place.
"""

import logging
import time
from hashlib import sha256
from math import ceil

from django.core.cache import cache
from django.utils.translation import gettext as _

from ..conf import payments_conf
from ..exceptions import RateLimited

logger = logging.getLogger(__name__)


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
