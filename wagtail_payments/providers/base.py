"""The contract of payment providers.

A provider translates: plain data in, plain data out, one family of exceptions. It stores no state of
ours, and never sees a request, a model or a template. ``tests/contract`` checks every provider.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from .exceptions import ProviderUnavailable, ReferenceUnknown
from .types import (
    CheckoutRequest,
    CheckoutSession,
    CheckoutUI,
    DisputeSnapshot,
    Finding,
    Frontend,
    Listed,
    MissedEvent,
    PastPayment,
    PaymentSnapshot,
    PayoutSnapshot,
    RefundRequest,
    RefundSnapshot,
    WebhookNotice,
)


class Provider(ABC):
    """A payment company, or something that acts like one.

    Subclasses take their options as keyword arguments of ``__init__``, after ``alias``, and raise
    ProviderMisconfigured if these cannot work.
    """

    uis: ClassVar[frozenset[CheckoutUI]] = frozenset(CheckoutUI)
    """The checkout UIs that it offers."""

    offline: ClassVar[bool] = False
    """Whether it is offline: staff mark payments as received, and the visitor gets instructions.

    Such a provider is never asked for a payment's state, and its checkout is open until staff end it.
    """

    interactive: bool = True
    """Whether a person waits for the answer: then one quick try, otherwise long timeouts and retries."""

    def __init__(self, *, alias: str) -> None:
        self.alias = alias

    @property
    @abstractmethod
    def live(self) -> bool:
        """Whether it moves real money."""

    @abstractmethod
    def supports_currency(self, currency: str) -> bool:
        """Tell whether it accepts ``currency`` (ISO 4217)."""

    @abstractmethod
    def checkout_open(self, request: CheckoutRequest) -> CheckoutSession:
        """Open a checkout; the same idempotency key returns the same one.

        Raises ProviderUnavailable if the outcome is unknown, ProviderRefused if it was refused.
        """

    @abstractmethod
    def checkout_resume(self, reference: str) -> CheckoutSession:
        """Return an open checkout again, so that a reloaded page can continue.

        Raises ReferenceUnknown, or ProviderRefused if it is no longer open.
        """

    def checkout_find(self, request: CheckoutRequest) -> CheckoutSession | None:
        """Return the checkout that an earlier attempt of ``request`` opened, found by its metadata.

        None only if it is certain that there is none. Raises ProviderUnavailable. A provider that never
        raises AnswerReplayed does not need this method.
        """
        raise ProviderUnavailable("This provider cannot look up a checkout.")

    @abstractmethod
    def checkout_expire(self, reference: str) -> PaymentSnapshot:
        """Expire a checkout so that it can no longer be paid; return its current state.

        A checkout that was paid stays paid. Raises ReferenceUnknown or ProviderUnavailable.
        """

    @abstractmethod
    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        """Return the payment's current state.

        Raises ReferenceUnknown or ProviderUnavailable.
        """

    @abstractmethod
    def refund_create(self, request: RefundRequest) -> RefundSnapshot:
        """Refund money; the same idempotency key refunds once.

        Raises ProviderUnavailable if the outcome is unknown, ProviderRefused if it was refused.
        """

    def payment_metadata(self, payment_reference: str) -> Mapping[str, str]:
        """Return our metadata of a payment that an event names only by the provider's reference.

        Raises ReferenceUnknown or ProviderUnavailable.
        """
        raise ReferenceUnknown(payment_reference)

    @abstractmethod
    def webhook_verify(
        self, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> WebhookNotice:
        """Verify the signature of the raw ``body``, and return what the event is about.

        ``headers`` have lower-case names. Raises SignatureInvalid unless it is proven that the provider sent
        the body within 300 seconds of ``now``, before or after.
        """

    def payments_list(self, since: datetime) -> Iterable[Listed[PaymentSnapshot]]:
        """Yield every payment started since a time, also of other software, in any order.

        Payments that are not listed are polled one by one, so a provider without lists does not need this
        method. Raises ProviderUnavailable, also while it yields.
        """
        return ()

    def refunds_list(self, since: datetime) -> Iterable[Listed[RefundSnapshot]]:
        """Yield every refund created since a time. Raises ProviderUnavailable."""
        return ()

    def disputes_list(self, since: datetime) -> Iterable[Listed[DisputeSnapshot]]:
        """Yield every dispute opened since a time. Raises ProviderUnavailable."""
        return ()

    def payouts_list(self, since: datetime) -> Iterable[PayoutSnapshot]:
        """Yield every payout sent since a time, in any order. Raises ProviderUnavailable."""
        return ()

    def events_missed(self, since: datetime) -> Iterable[MissedEvent]:
        """Yield the events since a time that could not be delivered. Raises ProviderUnavailable."""
        return ()

    def payments_past(self, since: datetime) -> Iterable[PastPayment]:
        """Yield the payments that arrived since a time, also of other software.

        Raises ProviderUnavailable, also while it yields. :meth:`payment_retrieve` and :meth:`refund_create`
        accept the references of such payments.
        """
        return ()

    def dashboard_url(self, payment_reference: str) -> str | None:
        """Return the URL of this payment in the provider's dashboard, None if there is none."""
        return None

    def frontend(self) -> Frontend | None:
        """Return what the browser loads for inline checkout, None without inline checkout."""
        return None

    def examine(self, webhook_url: str) -> Iterable[Finding]:
        """Check keys, account and endpoint for ``payments_doctor``; this may call the provider.

        ``webhook_url`` is the public URL of our endpoint. Raises nothing.
        """
        return ()
