"""Stripe as a payment provider. The only part of the package that imports ``stripe``."""

from .provider import StripeProvider

__all__ = ["StripeProvider"]
