"""Every error that this package raises on purpose."""

from collections.abc import Mapping
from typing import Any


class PaymentsError(Exception):
    """The base of all errors here."""


class AmountError(PaymentsError):
    """A typed amount can't be read. Its message is for the person who typed it."""


class CheckoutRefused(PaymentsError):
    """A checkout can't start, in words for the visitor.

    ``code`` is stable and meant for programs, ``field`` names the form field that the message
    belongs to ("" for the form as a whole), ``extra`` carries facts such as the current amount.
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
    """Somebody asks too often. ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__("rate_limited", message)
        self.retry_after = retry_after


class ApiRefused(PaymentsError):
    """The JSON gateway can't answer. ``code`` is stable and meant for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class StaffRefused(PaymentsError):
    """Staff asked for something that can't be done, in words for them.

    ``field`` names the form field that the message belongs to ("" for the form as a whole).
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotOurs(PaymentsError):
    """An event is about an object that another software made on the same account."""


class PaymentNotFound(PaymentsError):
    """No payment of ours belongs to what a provider told us (yet)."""
