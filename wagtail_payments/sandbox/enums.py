"""The states of the sandbox's rows, and the faults that it can simulate."""

from django.db.models import TextChoices


class SessionState(TextChoices):
    """The life of a checkout session; the values are those of ``ProviderStatus``."""

    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"


class AttemptState(TextChoices):
    """The life of one attempt to pay a session."""

    CHALLENGE = "challenge"
    DECLINED = "declined"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class EventType(TextChoices):
    """The types of the sandbox's events."""

    CHECKOUT_COMPLETED = "checkout.completed"
    CHECKOUT_PROCESSING = "checkout.processing"
    CHECKOUT_ASYNC_SUCCEEDED = "checkout.async_succeeded"
    CHECKOUT_ASYNC_FAILED = "checkout.async_failed"
    CHECKOUT_EXPIRED = "checkout.expired"
    PAYMENT_DECLINED = "payment.declined"
    REFUND_CREATED = "refund.created"


class DeliveryState(TextChoices):
    """The life of one outgoing webhook."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class FaultKind(TextChoices):
    """The faults that can be simulated, of the next event or the next call."""

    DUPLICATE = "duplicate"
    SHUFFLE = "shuffle"
    DROP = "drop"
    DELAY = "delay"
    ERROR_500 = "error_500"
    TIMEOUT_AFTER_SUCCESS = "timeout_after_success"
