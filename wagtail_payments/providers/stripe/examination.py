"""Looks at keys, account and webhook endpoint, for ``payments_doctor``."""

from collections.abc import Iterator

import stripe

from ..types import Finding
from .options import StripeOptions


def examine(
    client: stripe.StripeClient, options: StripeOptions, webhook_url: str
) -> Iterator[Finding]:
    """Yield what there is to say, good or bad."""
    yield from ()
