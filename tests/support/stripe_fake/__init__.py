"""A fake of the slice of Stripe's HTTP API that we use, with state, on loopback."""

from .fake import StripeFake

__all__ = ["StripeFake"]
