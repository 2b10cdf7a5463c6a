"""The choices of our columns, and the allowed transitions between states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def label_of(choices: type[TextChoices], value: str) -> str:
    """Return the label of ``value`` in the active language, or ``value`` itself if it is unknown.

    For lists: Django's ``get_…_display()`` builds a table of all choices for each row.
    """
    try:
        return str(choices(value).label)
    except ValueError:
        return value


class Mode(TextChoices):
    """Whether the money is real. Test money never mixes with live money."""

    TEST = "test", _("Test")
    LIVE = "live", pgettext_lazy("money", "Live")


class AmountType(TextChoices):
    """Who sets the amount of a price."""

    FIXED = "fixed", _("Fixed amount")
    CHOSEN = "chosen", _("Chosen by the payer")


class CheckoutUI(TextChoices):
    """Where the visitor enters the payment details."""

    INLINE = "inline", _("In the page")
    HOSTED = "hosted", _("On the payment provider's page")


class PaymentStatus(TextChoices):
    """The life of a payment. Only ``services.payments`` assigns it."""

    CREATED = "created", _("Started")
    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    SUCCEEDED = "succeeded", _("Paid")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")


UNFINISHED_STATUSES = frozenset(
    {PaymentStatus.CREATED, PaymentStatus.PENDING, PaymentStatus.PROCESSING}
)
"""Payments that may still be paid. They hold their stock."""

UNPAID_STATUSES = frozenset({PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELED})
"""Payments that ended without money."""

# A provider's report wins over a local guess, so these are final only once money has arrived.
_LATE_CHANGES = frozenset({PaymentStatus.PROCESSING, PaymentStatus.SUCCEEDED})

TRANSITIONS: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.CREATED: UNPAID_STATUSES | _LATE_CHANGES | {PaymentStatus.PENDING},
    PaymentStatus.PENDING: UNPAID_STATUSES | _LATE_CHANGES,
    PaymentStatus.PROCESSING: UNPAID_STATUSES | {PaymentStatus.SUCCEEDED},
    PaymentStatus.FAILED: _LATE_CHANGES,
    PaymentStatus.EXPIRED: _LATE_CHANGES,
    PaymentStatus.CANCELED: _LATE_CHANGES,
    PaymentStatus.SUCCEEDED: frozenset(),
}
"""The statuses that may follow each status. Refunds of a paid payment are rows of their own."""


class OfflineMethod(TextChoices):
    """How an offline payment was made."""

    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    CASH = "cash", _("Cash")
    CHECK = "check", _("Check")


class RefundStatus(TextChoices):
    """The life of a refund. Only ``services.refunds`` assigns it."""

    CREATED = "created", _("Being sent")
    PENDING = "pending", _("Pending")
    SUCCEEDED = "succeeded", _("Refunded")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


KEPT_STATUSES = frozenset({RefundStatus.FAILED, RefundStatus.CANCELED})
"""Refunds that gave nothing back: the amount can be refunded again."""


class RefundReason(TextChoices):
    """Why money is refunded, in the terms of the card networks."""

    REQUESTED_BY_CUSTOMER = "requested_by_customer", _("Requested by the payer")
    DUPLICATE = "duplicate", _("Paid twice")
    FRAUDULENT = "fraudulent", _("Fraud")


class DisputeStatus(TextChoices):
    """The life of a dispute, as the provider reports it."""

    NEEDS_RESPONSE = "needs_response", _("Needs a response")
    UNDER_REVIEW = "under_review", _("Under review")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    CLOSED = "closed", _("Closed")


CLOSED_STATUSES = frozenset({DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.CLOSED})
"""Disputes that are over."""

GIVEN_BACK_STATUSES = frozenset({DisputeStatus.WON, DisputeStatus.CLOSED})
"""Disputes whose money came back: won, or closed without a decision, as inquiries are."""


class ReviewReason(TextChoices):
    """Why staff should review a payment: a flag beside the status."""

    AMOUNT_MISMATCH = "amount_mismatch", _("The provider's amount differs from ours")
    CURRENCY_MISMATCH = "currency_mismatch", _("The provider's currency differs from ours")
    PAID_AFTER_RELEASE = "paid_after_release", _("Paid after its stock was released and sold")


class EventSource(TextChoices):
    """Where a line of a payment's timeline comes from."""

    VISITOR = "visitor", _("Visitor")
    PROVIDER = "provider", _("Provider")
    STAFF = "staff", _("Staff")
    SWEEP = "sweep", _("Sweep")
    RECONCILIATION = "reconcile", _("Reconciliation")
    IMPORT = "import", _("Import")
    SYSTEM = "system", _("System")


class EventKind(TextChoices):
    """What happened, on a line of a payment's timeline."""

    CREATED = "created", _("Payment started")
    CHECKOUT_OPENED = "checkout_opened", _("Checkout opened at the provider")
    CHECKOUT_FAILED = "checkout_failed", _("The provider could not open a checkout")
    ATTEMPT_DECLINED = "attempt_declined", _("Payment attempt declined")
    STATUS_CHANGED = "status_changed", _("Status changed")
    FEE_RECORDED = "fee_recorded", _("Fee recorded")
    FLAGGED = "flagged", _("Flagged for review")
    RECEIVED = "received", _("Marked as received")
    CANCELED = "canceled", _("Canceled by staff")
    ANSWER_INCOMPLETE = "answer_incomplete", _("The provider's answer could not be read")
    REFUND_REQUESTED = "refund_requested", _("Refund requested")
    REFUND_CHANGED = "refund_changed", _("Refund")
    DISPUTE_CHANGED = "dispute_changed", _("Dispute")
    RECEIPT_ISSUED = "receipt_issued", _("Receipt issued")
    RECEIPT_WITHHELD = "receipt_withheld", _("Paid long ago: no receipt, no email")
    CREDIT_NOTE_ISSUED = "credit_note_issued", _("Credit note issued")
    REVIEWED = "reviewed", _("Reviewed")
    IMPORTED = "imported", _("Imported from the provider")
    ERASED = "erased", _("Payer erased")
    DELIVERY_SENT = "delivery_sent", _("Sent")
    DELIVERY_FAILED = "delivery_failed", _("Could not be sent")
    DELIVERY_RESENT = "delivery_resent", _("Queued again")


class WebhookObject(TextChoices):
    """The kind of object that a webhook event is about."""

    PAYMENT = "payment", _("Payment")


class WebhookState(TextChoices):
    """The life of an inbox row."""

    PENDING = "pending", _("Waiting")
    PROCESSED = "processed", _("Processed")
    IGNORED = "ignored", _("Ignored")
    FAILED = "failed", _("Failed")


class DeliveryKind(TextChoices):
    """An email or signal in the outbox."""

    RECEIPT_EMAIL = "receipt_email", _("Receipt email")
    CREDIT_NOTE_EMAIL = "credit_note_email", _("Credit note email")
    RECEIPT_LINK_EMAIL = "receipt_link_email", _("Receipt link email")
    INSTRUCTIONS_EMAIL = "instructions_email", _("Payment instructions email")
    STAFF_EMAIL = "staff_email", _("Staff email")
    SIGNAL = "signal", _("Signal to the site")


class DeliveryState(TextChoices):
    """The life of an outbox row."""

    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class DiscrepancyKind(TextChoices):
    """How the provider's records differ from ours, after all safe corrections."""

    MISSING = "missing", _("The provider has a payment that is missing here")
    UNKNOWN = "unknown", _("The provider does not know this payment")
    STATUS = "status", _("The provider reports a different state of this payment")
    REFUND = "refund", _("The provider reports a different state of a refund")
    DISPUTE = "dispute", _("The provider reports a different state of a dispute")


class ApiScope(TextChoices):
    """What an API token allows; never more than its owner's permissions."""

    READ_PAYMENTS = "payments:read", _("See payments, without payers")
    READ_PAYERS = "payers:read", _("See payers, too")
    READ_RECEIPTS = "receipts:read", _("Download receipts, which name the payer")
    READ_PRODUCTS = "products:read", _("See products and prices")


class SeriesKind(TextChoices):
    """What a series of numbers is for."""

    RECEIPT = "receipt", _("Receipts")
    CREDIT_NOTE = "refund", _("Credit notes")


class CreditNoteKind(TextChoices):
    """What a credit note is for."""

    REFUND = "refund", _("Refund")
    CANCELLATION = "cancellation", _("Cancellation of a refund")


class PayoutStatus(TextChoices):
    """The life of a payout, as the provider reports it."""

    PENDING = "pending", _("Pending")
    IN_TRANSIT = "in_transit", _("In transit")
    PAID = "paid", _("Paid out")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class ExportKind(TextChoices):
    """What an export contains."""

    PAYMENTS = "payments", _("Payments")
    ACCOUNTING = "accounting", _("Accounting: one line per ledger entry")
    PAYERS = "payers", _("Payers")


class ExportFormat(TextChoices):
    """The file formats of exports."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class ExportState(TextChoices):
    """The life of an export."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class RevenueUnit(TextChoices):
    """The periods by which revenue is grouped."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    TOTAL = "total", _("Whole period")


class RevenueSplit(TextChoices):
    """What revenue is broken down by."""

    NONE = "none", _("Nothing")
    PRODUCT = "product", _("Product")
    PAGE = "page", _("Page")
    METHOD = "method", _("Method")
