"""Stripe as a payment provider. The only part of the package that knows Stripe's library."""

from .provider import StripeProvider

__all__ = ["StripeProvider"]
