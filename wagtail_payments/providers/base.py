"""The contract that every payment provider keeps.

A provider translates: plain data in, plain data out, one family of errors. It owns no state of ours,
and never sees a request, a model or a template. ``tests/contract`` holds every provider to this.
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
    ProviderMisconfigured when these can't work.
    """

    uis: ClassVar[frozenset[CheckoutUI]] = frozenset(CheckoutUI)
    """The ways of paying that it offers."""

    offline: ClassVar[bool] = False
    """Whether nobody can be asked: staff say when the money came, and the visitor needs instructions.

    Such a provider is never asked for a payment's state, and its checkout is open until staff end it.
    """

    interactive: bool = True
    """Whether somebody waits for the answer: then one quick try, else patience and some retries."""

    def __init__(self, *, alias: str) -> None:
        self.alias = alias

    @property
    @abstractmethod
    def live(self) -> bool:
        """Whether it moves real money."""

    @abstractmethod
    def supports_currency(self, currency: str) -> bool:
        """Tell whether it takes ``currency`` (ISO 4217)."""

    @abstractmethod
    def checkout_open(self, request: CheckoutRequest) -> CheckoutSession:
        """Open a checkout; the same idempotency key returns the same one.

        Raises ProviderUnavailable when the outcome is unknown, ProviderRefused when it is no.
        """

    @abstractmethod
    def checkout_resume(self, reference: str) -> CheckoutSession:
        """Return an open checkout again, so that a reloaded page can go on with it.

        Raises ReferenceUnknown, or ProviderRefused when it is no longer open.
        """

    def checkout_find(self, request: CheckoutRequest) -> CheckoutSession | None:
        """Return the checkout that an earlier try of ``request`` opened, found by its metadata.

        None only when it is certain that there is none. Raises ProviderUnavailable. A provider
        that never raises AnswerReplayed needn't have this.
        """
        raise ProviderUnavailable("This provider can't look a checkout up.")

    @abstractmethod
    def checkout_expire(self, reference: str) -> PaymentSnapshot:
        """Close a checkout so that it can't be paid any more; return the state that holds now.

        A checkout that was paid stays paid. Raises ReferenceUnknown or ProviderUnavailable.
        """

    @abstractmethod
    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        """Return the payment's state as the provider has it now.

        Raises ReferenceUnknown or ProviderUnavailable.
        """

    @abstractmethod
    def refund_create(self, request: RefundRequest) -> RefundSnapshot:
        """Give money back; the same idempotency key gives it back once.

        Raises ProviderUnavailable when the outcome is unknown, ProviderRefused when it is no.
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
        """Check the signature over the raw ``body`` and return what the event is about.

        ``headers`` are looked up by lower-case names. Raises SignatureInvalid for anything that isn't
        proven to come from the provider within 300 seconds of ``now``, before or after.
        """

    def payments_list(self, since: datetime) -> Iterable[Listed[PaymentSnapshot]]:
        """Yield every payment that was begun since then, others' too, in any order.

        What isn't listed is asked about one by one, so a provider without lists needn't have this.
        Raises ProviderUnavailable, while it yields too.
        """
        return ()

    def refunds_list(self, since: datetime) -> Iterable[Listed[RefundSnapshot]]:
        """Yield every refund that was made since then. Raises ProviderUnavailable."""
        return ()

    def disputes_list(self, since: datetime) -> Iterable[Listed[DisputeSnapshot]]:
        """Yield every dispute that was opened since then. Raises ProviderUnavailable."""
        return ()

    def payouts_list(self, since: datetime) -> Iterable[PayoutSnapshot]:
        """Yield every payout that was sent since then, in any order. Raises ProviderUnavailable."""
        return ()

    def events_missed(self, since: datetime) -> Iterable[MissedEvent]:
        """Yield the events since then that could not be delivered. Raises ProviderUnavailable."""
        return ()

    def payments_past(self, since: datetime) -> Iterable[PastPayment]:
        """Yield the payments that arrived since then, those made by other software too.

        Raises ProviderUnavailable, while it yields too. Such a payment's reference is one that
        :meth:`payment_retrieve` and :meth:`refund_create` take.
        """
        return ()

    def dashboard_url(self, payment_reference: str) -> str | None:
        """Return where staff see this payment at the provider, if there is such a place."""
        return None

    def frontend(self) -> Frontend | None:
        """Return what the browser loads for inline checkout, None when there is none."""
        return None

    def examine(self, webhook_url: str) -> Iterable[Finding]:
        """Look at keys, account and endpoint for ``payments_doctor``; it may ask the provider.

        ``webhook_url`` is our own endpoint's public address. Raises nothing.
        """
        return ()
