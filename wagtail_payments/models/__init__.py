"""The tables. Each module holds one thing and what belongs to it."""

from .deliveries import Delivery
from .payments import Payment, PaymentEvent
from .products import Price, Product, Stock
from .receipts import Receipt, ReceiptSeries
from .settings import PaymentSettings
from .webhooks import WebhookEvent

__all__ = [
    "Delivery",
    "Payment",
    "PaymentEvent",
    "PaymentSettings",
    "Price",
    "Product",
    "Receipt",
    "ReceiptSeries",
    "Stock",
    "WebhookEvent",
]
