"""The exceptions of this package."""

from collections.abc import Mapping
from typing import Any


class PaymentsError(Exception):
    """The base class of all exceptions of this package."""


class AmountError(PaymentsError):
    """A typed amount cannot be read. The message is for the person who typed it."""


class CheckoutRefused(PaymentsError):
    """A checkout cannot start. The message is for the visitor.

    ``code`` is stable and meant for programs, ``field`` names the form field that the message
    belongs to ("" for the form as a whole), ``extra`` has details such as the current amount.
    """

    def __init__(
        self, code: str, message: str, *, field: str = "", extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.extra = dict(extra or {})


class RateLimited(CheckoutRefused):
    """A rate limit is reached. ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__("rate_limited", message)
        self.retry_after = retry_after


class ApiRefused(PaymentsError):
    """The JSON API refuses a request. ``code`` is stable and meant for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class StaffRefused(PaymentsError):
    """An action of staff is not possible. The message is for them.

    ``field`` names the form field that the message belongs to ("" for the form as a whole).
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotOurs(PaymentsError):
    """An event is about an object that other software created in the same account."""


class PaymentNotFound(PaymentsError):
    """No payment matches what a provider reported (yet)."""
