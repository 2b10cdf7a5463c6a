"""The tables. Each module holds one thing and what belongs to it."""

from .api_tokens import ApiToken
from .deliveries import Delivery
from .disputes import Dispute
from .drifts import Drift
from .grants import (
    PaymentGroupObjectPermission,
    PaymentUserObjectPermission,
    ProductGroupObjectPermission,
    ProductUserObjectPermission,
)
from .jobs import Job
from .log_entries import PaymentsLogEntry
from .payments import Payment, PaymentEvent
from .products import Price, Product, Stock
from .receipts import Receipt, ReceiptSeries
from .refunds import Refund
from .settings import PaymentSettings
from .webhooks import WebhookEvent

__all__ = [
    "ApiToken",
    "Delivery",
    "Dispute",
    "Drift",
    "Job",
    "Payment",
    "PaymentEvent",
    "PaymentGroupObjectPermission",
    "PaymentSettings",
    "PaymentUserObjectPermission",
    "PaymentsLogEntry",
    "Price",
    "Product",
    "ProductGroupObjectPermission",
    "ProductUserObjectPermission",
    "Receipt",
    "ReceiptSeries",
    "Refund",
    "Stock",
    "WebhookEvent",
]
