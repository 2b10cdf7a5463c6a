"""The plain data that goes to providers and comes back. Amounts are in minor units."""

from .checkout import CheckoutRequest, CheckoutSession, CheckoutUI, Frontend
from .disputes import DisputeSnapshot, DisputeStatus
from .doctor import Finding, Level
from .lists import Listed, PastPayment
from .payments import Decline, DeclineReason, PaymentMethod, PaymentSnapshot, ProviderStatus
from .payouts import PayoutSnapshot, PayoutStatus
from .refunds import RefundRequest, RefundSnapshot, RefundStatus
from .webhooks import MissedEvent, NoticeObject, WebhookNotice

__all__ = [
    "CheckoutRequest",
    "CheckoutSession",
    "CheckoutUI",
    "Decline",
    "DeclineReason",
    "DisputeSnapshot",
    "DisputeStatus",
    "Finding",
    "Frontend",
    "Level",
    "Listed",
    "MissedEvent",
    "NoticeObject",
    "PastPayment",
    "PaymentMethod",
    "PaymentSnapshot",
    "PayoutSnapshot",
    "PayoutStatus",
    "ProviderStatus",
    "RefundRequest",
    "RefundSnapshot",
    "RefundStatus",
    "WebhookNotice",
]
