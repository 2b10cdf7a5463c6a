"""StreamField blocks for pages."""

from .payment import PaymentBlock
from .products import ProductChooserBlock

__all__ = ["PaymentBlock", "ProductChooserBlock"]
