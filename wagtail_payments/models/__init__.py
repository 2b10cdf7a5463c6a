"""The models, one module per subject."""

from .api_tokens import ApiToken
from .deliveries import Delivery
from .discrepancies import Discrepancy
from .disputes import Dispute
from .exports import Export, ExportChunk
from .grants import (
    PaymentGroupObjectPermission,
    PaymentUserObjectPermission,
    ProductGroupObjectPermission,
    ProductUserObjectPermission,
)
from .jobs import Job
from .log_entries import PaymentsLogEntry
from .payments import Payment, PaymentEvent
from .payouts import Payout
from .products import Price, Product, Stock
from .receipts import CreditNote, Receipt, ReceiptSeries
from .refunds import Refund, RefundMovement
from .revenue import DailyRevenue, RevenueState, StaleDay
from .settings import PaymentSettings
from .webhooks import WebhookEvent

__all__ = [
    "ApiToken",
    "CreditNote",
    "DailyRevenue",
    "Delivery",
    "Discrepancy",
    "Dispute",
    "Export",
    "ExportChunk",
    "Job",
    "Payment",
    "PaymentEvent",
    "PaymentGroupObjectPermission",
    "PaymentSettings",
    "PaymentUserObjectPermission",
    "PaymentsLogEntry",
    "Payout",
    "Price",
    "Product",
    "ProductGroupObjectPermission",
    "ProductUserObjectPermission",
    "Receipt",
    "ReceiptSeries",
    "Refund",
    "RefundMovement",
    "RevenueState",
    "StaleDay",
    "Stock",
    "WebhookEvent",
]
