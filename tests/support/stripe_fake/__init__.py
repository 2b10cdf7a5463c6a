"""A stateful fake of the parts of Stripe's HTTP API that the package uses."""

from .fake import StripeFake

__all__ = ["StripeFake"]
