"""The states that our rows can be in, and which may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def label_of(choices: type[TextChoices], value: str) -> str:
    """Return the label of ``value`` in the active language; one that is unknown is its own.

    For lists: Django's ``get_…_display()`` makes a table of all choices for each row.
    """
    try:
        return str(choices(value).label)
    except ValueError:
        return value


class Mode(TextChoices):
    """Whether money is real. Test money never mixes with live money."""

    TEST = "test", _("Test")
    LIVE = "live", pgettext_lazy("money", "Live")


class AmountType(TextChoices):
    """Who decides what a price costs."""

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
"""Payments that may still be paid; they hold the stock that they ask for."""

UNPAID_STATUSES = frozenset({PaymentStatus.FAILED, PaymentStatus.EXPIRED, PaymentStatus.CANCELED})
"""Payments that ended without money."""

# A provider's word wins over what we guessed, so "over" isn't final until money came.
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
"""Which status may follow which. Nothing follows "paid" but refunds, which are rows of their own."""


class OfflineMethod(TextChoices):
    """How money came that no provider tells of."""

    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    CASH = "cash", _("Cash")
    CHEQUE = "cheque", _("Cheque")


class RefundStatus(TextChoices):
    """The life of a refund. Only ``services.refunds`` assigns it."""

    CREATED = "created", _("Being sent")
    PENDING = "pending", _("Pending")
    SUCCEEDED = "succeeded", _("Refunded")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


KEPT_STATUSES = frozenset({RefundStatus.FAILED, RefundStatus.CANCELED})
"""Refunds that gave nothing back: their money is ours, and may be refunded again."""


class RefundReason(TextChoices):
    """Why money is given back, in the words that banks know."""

    REQUESTED_BY_CUSTOMER = "requested_by_customer", _("The payer asked for it")
    DUPLICATE = "duplicate", _("Paid twice")
    FRAUDULENT = "fraudulent", _("Fraud")


class DisputeStatus(TextChoices):
    """The life of a dispute, as the provider tells it."""

    NEEDS_RESPONSE = "needs_response", _("Needs a response")
    UNDER_REVIEW = "under_review", _("Under review")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    CLOSED = "closed", _("Closed")


CLOSED_STATUSES = frozenset({DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.CLOSED})
"""Disputes that are over."""

GIVEN_BACK_STATUSES = frozenset({DisputeStatus.WON, DisputeStatus.CLOSED})
"""Disputes whose money is ours again: won, or closed without a decision, as inquiries are."""


class ReviewReason(TextChoices):
    """Why a person should look at a payment: a flag beside the status."""

    AMOUNT_MISMATCH = "amount_mismatch", _("The provider's amount differs from ours")
    CURRENCY_MISMATCH = "currency_mismatch", _("The provider's currency differs from ours")
    PAID_AFTER_RELEASE = "paid_after_release", _("Paid too late: what it held is sold")


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
    """What a line of a payment's timeline says."""

    CREATED = "created", _("Payment started")
    CHECKOUT_OPENED = "checkout_opened", _("Checkout opened at the provider")
    CHECKOUT_FAILED = "checkout_failed", _("The provider could not open a checkout")
    ATTEMPT_DECLINED = "attempt_declined", _("An attempt to pay was declined")
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
    RECEIPT_WITHHELD = "receipt_withheld", _("Paid long ago: no receipt, no e-mail")
    CREDIT_NOTE_ISSUED = "credit_note_issued", _("Credit note issued")
    REVIEWED = "reviewed", _("Reviewed")
    IMPORTED = "imported", _("Imported from the provider")
    ERASED = "erased", _("Payer erased")
    DELIVERY_SENT = "delivery_sent", _("Sent")
    DELIVERY_FAILED = "delivery_failed", _("Could not be sent")
    DELIVERY_RESENT = "delivery_resent", _("To be sent again")


class WebhookState(TextChoices):
    """The life of an inbox row."""

    PENDING = "pending", _("Waiting")
    PROCESSED = "processed", _("Processed")
    IGNORED = "ignored", _("Ignored")
    DEAD = "dead", _("Given up")


class DeliveryKind(TextChoices):
    """An outward effect that a payment owes."""

    RECEIPT_EMAIL = "receipt_email", _("Receipt e-mail")
    CREDIT_NOTE_EMAIL = "credit_note_email", _("E-mail with the credit note")
    RECEIPT_LINK_EMAIL = "receipt_link_email", _("E-mail with a link to the receipt")
    INSTRUCTIONS_EMAIL = "instructions_email", _("E-mail with payment instructions")
    STAFF_EMAIL = "staff_email", _("E-mail to staff")
    SIGNAL = "signal", _("Signal to the site")


class DeliveryState(TextChoices):
    """The life of an outbox row."""

    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")


class DiscrepancyKind(TextChoices):
    """How a provider's books and ours differ, after all that is safe was healed."""

    MISSING = "missing", _("The provider has a payment that isn't here")
    UNKNOWN = "unknown", _("The provider doesn't know this payment")
    STATUS = "status", _("The provider says otherwise about this payment")
    REFUND = "refund", _("The provider says otherwise about a refund")
    DISPUTE = "dispute", _("The provider says otherwise about a dispute")


class ApiScope(TextChoices):
    """What an API token may be used for; never more than its owner may."""

    READ_PAYMENTS = "payments:read", _("See payments, without who paid")
    READ_PAYERS = "payers:read", _("See who paid, too")
    READ_RECEIPTS = "receipts:read", _("Download receipts, which name who paid")
    READ_PRODUCTS = "products:read", _("See products and prices")


class SeriesKind(TextChoices):
    """What a run of numbers is for."""

    RECEIPT = "receipt", _("Receipts")
    CREDIT_NOTE = "refund", _("Credit notes")


class CreditNoteKind(TextChoices):
    """What a credit note says."""

    REFUND = "refund", _("Refund")
    CANCELLATION = "cancellation", _("Cancellation of a refund")


class PayoutStatus(TextChoices):
    """The life of a payout, as the provider tells it."""

    PENDING = "pending", _("Pending")
    IN_TRANSIT = "in_transit", _("On its way")
    PAID = "paid", _("Paid out")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class ExportKind(TextChoices):
    """What an export holds."""

    PAYMENTS = "payments", _("Payments")
    ACCOUNTING = "accounting", _("Accounting: one line a movement")
    PAYERS = "payers", _("Payers")


class ExportFormat(TextChoices):
    """The files that exports are written as."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class ExportState(TextChoices):
    """The life of an export."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class RevenueUnit(TextChoices):
    """How long the stretches are for which revenue is summed up."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    TOTAL = "total", _("Whole period")


class RevenueSplit(TextChoices):
    """What revenue is split by."""

    NONE = "none", _("Nothing")
    PRODUCT = "product", _("Product")
    PAGE = "page", _("Page")
    METHOD = "method", _("Method")
