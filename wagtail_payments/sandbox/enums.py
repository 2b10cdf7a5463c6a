"""The states of the sandbox's own rows, and the faults that it makes on request."""

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
    """What the sandbox tells by webhook."""

    CHECKOUT_COMPLETED = "checkout.completed"
    CHECKOUT_PROCESSING = "checkout.processing"
    CHECKOUT_ASYNC_SUCCEEDED = "checkout.async_succeeded"
    CHECKOUT_ASYNC_FAILED = "checkout.async_failed"
    CHECKOUT_EXPIRED = "checkout.expired"
    PAYMENT_DECLINED = "payment.declined"
    REFUND_CREATED = "refund.created"


class DeliveryState(TextChoices):
    """The life of one webhook on its way out."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class FaultKind(TextChoices):
    """What can be made to go wrong: the next event, or the next call of the provider."""

    DUPLICATE = "duplicate"
    SHUFFLE = "shuffle"
    DROP = "drop"
    DELAY = "delay"
    ERROR_500 = "error_500"
    TIMEOUT_AFTER_SUCCESS = "timeout_after_success"
