"""The sandbox as a payment provider: it calls the sandbox's services in the same process."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import DatabaseError
from django.urls import reverse
from django.utils.translation import gettext as _
from typing_extensions import override

from wagtail_payments.money import is_currency
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import (
    ProviderRefused,
    ProviderUnavailable,
    SignatureInvalid,
)
from wagtail_payments.providers.types import (
    CheckoutRequest,
    CheckoutSession,
    CheckoutUI,
    Frontend,
    Listed,
    MissedEvent,
    PaymentSnapshot,
    RefundRequest,
    RefundSnapshot,
    WebhookNotice,
)
from wagtail_payments.sandbox.services.faults import fault_take
from wagtail_payments.sandbox.services.lists import events_undelivered, payments_list, refunds_list
from wagtail_payments.sandbox.services.refunds import refund_make
from wagtail_payments.sandbox.services.sessions import (
    origin_of,
    session_expire,
    session_get,
    session_open,
)
from wagtail_payments.sandbox.services.snapshots import refund_snapshot, session_snapshot

from .enums import EventType, FaultKind, SessionState
from .models import Refund, Session
from .options import options_read, require_allowed
from .signing import HEADER, signature_valid
from .tasks import session_enqueue

Answer = TypeVar("Answer")

LONGEST_TEXT = 255


class SandboxProvider(Provider):
    """A simulated payment company.

    Its options are ``webhook_secrets`` (a list: all of them sign and are accepted) and ``settle_after``
    (how many seconds a delayed payment takes).
    """

    def __init__(self, *, alias: str, **options: Any) -> None:
        super().__init__(alias=alias)
        require_allowed()
        self.options = options_read(**options)

    @property
    @override
    def live(self) -> bool:
        return False

    @override
    def supports_currency(self, currency: str) -> bool:
        return is_currency(currency)

    @override
    def checkout_open(self, request: CheckoutRequest) -> CheckoutSession:
        return _answer(lambda: _session_out(session_open(provider=self.alias, request=request)))

    @override
    def checkout_resume(self, reference: str) -> CheckoutSession:
        return _answer(lambda: _session_out(_require_open(self._session(reference))))

    @override
    def checkout_expire(self, reference: str) -> PaymentSnapshot:
        return _answer(lambda: session_snapshot(_expired(self._session(reference))))

    @override
    def payment_retrieve(self, checkout_reference: str) -> PaymentSnapshot:
        return _answer(lambda: session_snapshot(self._session(checkout_reference)))

    @override
    def refund_create(self, request: RefundRequest) -> RefundSnapshot:
        return _answer(lambda: refund_snapshot(self._refunded(request)))

    @override
    def webhook_verify(
        self, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> WebhookNotice:
        """Verify the signature, and return what the event is about.

        A body that is not an event is refused like a wrong signature: the sandbox never sends one.
        """
        header = headers.get(HEADER.lower(), "")
        secrets = self.options.webhook_secrets
        if not signature_valid(body, header, secrets=secrets, now=now):
            raise SignatureInvalid("The signature is not valid, or its time is too far from now.")
        return _notice(body)

    @override
    def payments_list(self, since: datetime) -> Iterable[Listed[PaymentSnapshot]]:
        return payments_list(self.alias, since)

    @override
    def refunds_list(self, since: datetime) -> Iterable[Listed[RefundSnapshot]]:
        return refunds_list(self.alias, since)

    @override
    def events_missed(self, since: datetime) -> Iterable[MissedEvent]:
        return (
            MissedEvent(_notice(event.body.encode()), event.body.encode())
            for event in events_undelivered(self.alias, since)
        )

    @override
    def frontend(self) -> Frontend:
        return Frontend(module="wagtail_payments_sandbox/element.js")

    def _session(self, reference: str) -> Session:
        return session_get(provider=self.alias, reference=reference)

    def _refunded(self, request: RefundRequest) -> Refund:
        refund = refund_make(provider=self.alias, request=request)
        session_enqueue(refund.session)
        return refund


def _answer(operation: Callable[[], Answer]) -> Answer:
    """Call ``operation``, unless a fault is armed for it."""
    try:
        if fault_take(FaultKind.ERROR_500):
            raise ProviderUnavailable("A fault was armed: the sandbox did nothing.")
        answer = operation()
        if fault_take(FaultKind.TIMEOUT_AFTER_SUCCESS):
            raise ProviderUnavailable("A fault was armed: the sandbox lost its answer.")
    except DatabaseError as error:
        raise ProviderUnavailable("The sandbox's tables cannot be read or written.") from error
    return answer


def _require_open(session: Session) -> Session:
    if session.state != SessionState.OPEN:
        raise ProviderRefused("This checkout is no longer open.")
    return session


def _expired(session: Session) -> Session:
    expired = session_expire(session)
    session_enqueue(expired)
    return expired


def _session_out(session: Session) -> CheckoutSession:
    inline = session.ui == CheckoutUI.INLINE
    path = reverse(
        f"wagtail_payments_sandbox:{'frame' if inline else 'hosted'}",
        args=[session.secret],
    )
    url = origin_of(session.return_url) + path
    return CheckoutSession(
        reference=session.reference,
        payment_reference=session.payment_reference,
        url=None if inline else url,
        client={"frame_url": url, "title": _("Payment details")} if inline else {},
    )


def _notice(body: bytes) -> WebhookNotice:
    try:
        event = json.loads(body)
        return WebhookNotice(
            event_id=_text(event["id"]),
            type=_text(event["type"]),
            live=event["livemode"] is True,
            version=_text(event["api_version"]),
            checkout_reference=_text(event["data"]["checkout"]),
            payment_reference=_text(event["data"]["payment"]),
            metadata=_texts(event["data"]["metadata"]),
            relevant=event["type"] in EventType.values,
        )
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise SignatureInvalid("This is not an event.") from error


def _texts(metadata: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in metadata.items() if value != ""}


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise TypeError("not a text")
    value.encode()
    return value
