"""Starts a checkout: writes the payment, then asks the provider to open a checkout.

With the same attempt key, a double click, a reload or a retry continues the same payment.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urljoin
from uuid import UUID

from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Site

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import EventKind, EventSource, Mode, PaymentStatus
from wagtail_payments.exceptions import CheckoutRefused
from wagtail_payments.models import Payment
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import (
    AnswerReplayed,
    KeyReused,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import CheckoutRequest, CheckoutSession
from wagtail_payments.providers.types import CheckoutUI as ProviderUI
from wagtail_payments.selectors.payments.payments import payment_just_made, payment_status_path
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.payments.apply import (
    checkout_expire_unopened,
    payment_apply,
    payment_expire,
    payment_opened,
)
from wagtail_payments.services.providers import payment_metadata, provider_of

from .creation import payment_create
from .errors import (
    attempt_conflict,
    attempt_finished,
    attempt_ordered,
    database_busy,
    paid_recently,
    provider_busy,
    provider_refusal,
)
from .quotes import CheckoutOrder, Payer, Quote, payer_check, quote_create

logger = logging.getLogger(__name__)

_PAYABLE = frozenset({PaymentStatus.CREATED, PaymentStatus.PENDING})


@dataclass(frozen=True, slots=True)
class StartedCheckout:
    """A payment and the provider's open checkout for it."""

    payment: Payment
    session: CheckoutSession
    delivery_ids: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The hosted page, or the status page if there is none."""
        return self.session.url or payment_status_path(self.payment)


def checkout_start(
    *,
    order: CheckoutOrder,
    payer: Payer,
    site: Site | None,
    base_url: str,
    seen_payments: Collection[UUID] = (),
) -> StartedCheckout:
    """Start paying for ``order``, or continue the payment of its attempt key.

    ``base_url`` is the site's address as the visitor uses it ("https://example.org");
    ``seen_payments`` are the transaction ids of payments that this browser started. Call it outside
    any transaction. Raises CheckoutRefused; the visitor may send the same form again.
    """
    quote = quote_create(order=order)
    payer_check(payer)
    try:
        payment = _payment(quote, order, payer, site, seen_payments)
        _payer_corrected(payment, payer)
        return _opened(payment, base_url)
    except OperationalError as error:
        # A deadlock or a lock timeout. A retry finds the payment by its attempt key.
        logger.exception("The database aborted a checkout.")
        raise database_busy() from error


def _payment(
    quote: Quote,
    order: CheckoutOrder,
    payer: Payer,
    site: Site | None,
    seen_payments: Collection[UUID],
) -> Payment:
    """Return the payment of the attempt key, or a new one."""
    provider = _provider(quote)
    payment = Payment.objects.filter(attempt_key=quote.attempt_key).first()
    if payment is None:
        if not order.again:
            _warn_if_paid_already(quote, seen_payments)
        payment = payment_create(quote, payer, site, provider)
    _check_attempt(payment, quote, payer)
    return payment


def _provider(quote: Quote) -> Provider:
    """Return the provider. Raises CheckoutRefused if it does not exist or lacks the UI."""
    alias = quote.placement.provider
    if alias and alias not in payments_conf().PROVIDERS:
        raise CheckoutRefused("not_for_sale", _("This is not for sale at the moment."))
    provider = get_provider(alias or None)
    if ProviderUI(quote.ui) not in provider.uis:
        raise CheckoutRefused("invalid", _("Choose where to pay."), field="ui")
    return provider


def _warn_if_paid_already(quote: Quote, seen_payments: Collection[UUID]) -> None:
    """Raise paid_recently if this browser has just paid for the product. Emails prove nothing."""
    payment = payment_just_made(quote.product, seen_payments)
    if payment is not None:
        raise paid_recently(payment)


def _check_attempt(payment: Payment, quote: Quote, payer: Payer) -> None:
    """Raise CheckoutRefused if the payment is finished, or has other terms or another payer."""
    same_payer = payment.payer_id == (payer.user.pk if payer.user else None)
    same_terms = payment.terms_digest == quote.digest and payment.ui == quote.ui
    provider = get_provider(payment.provider)
    same_mode = payment.mode == (Mode.LIVE if provider.live else Mode.TEST)
    if not (same_payer and same_terms and same_mode):
        raise attempt_conflict()
    if payment.status not in _PAYABLE:
        raise attempt_finished(payment)
    if payment.checkout_reference and provider.offline:
        raise attempt_ordered(payment)


def _payer_corrected(payment: Payment, payer: Payer) -> None:
    """Store the name and address that were typed last: the receipt is sent there.

    While it is unknown whether the provider has opened a checkout, its request must be repeated
    unchanged, so a correction then needs a new attempt.
    """
    if (payment.payer_email, payment.payer_name) == (payer.email, payer.name):
        return
    if payment.checkout_reference is None:
        raise attempt_conflict()
    payment.payer_email, payment.payer_name = payer.email, payer.name
    payment.save(
        update_fields=["payer_email", "payer_name", "email_key", "name_key", "surname_key"]
    )


def _opened(payment: Payment, base_url: str) -> StartedCheckout:
    """Open a checkout, or resume the open one. Call it outside any transaction."""
    if checkout_expire_unopened(payment_id=payment.pk, source=EventSource.VISITOR):
        raise attempt_finished(Payment.objects.get(pk=payment.pk))
    provider = provider_of(payment)
    try:
        if payment.checkout_reference:
            return StartedCheckout(payment, _resumed(payment, payment.checkout_reference, provider))
        session = _session_opened(payment, base_url, provider)
    except ProviderError as error:
        _note_failure(payment, error)
        raise provider_refusal(error) from error
    opened = payment_opened(payment=payment, session=session, offline=provider.offline)
    if opened.payment.status not in _PAYABLE:
        raise attempt_finished(opened.payment)
    if opened.payment.checkout_reference != session.reference:
        # The other request of a double click was faster, and its checkout counts.
        raise provider_busy()
    return StartedCheckout(opened.payment, session, opened.delivery_ids)


def _session_opened(payment: Payment, base_url: str, provider: Provider) -> CheckoutSession:
    """Repeat the same request with the same key until the outcome is known.

    If the key can no longer be used, a new one follows only if no checkout is found.
    """
    try:
        return provider.checkout_open(_request(payment, base_url))
    except (AnswerReplayed, KeyReused):
        found = provider.checkout_find(_request(payment, base_url))
        if found is not None:
            return found
    tried = Payment.objects.filter(pk=payment.pk, checkout_try=payment.checkout_try)
    if not tried.update(checkout_try=payment.checkout_try + 1):
        raise ProviderUnavailable("Another request is opening a checkout for this payment.")
    payment.checkout_try += 1
    return provider.checkout_open(_request(payment, base_url))


def _resumed(payment: Payment, reference: str, provider: Provider) -> CheckoutSession:
    if payment.expires_at < timezone.now():
        payment_expire(payment_id=payment.pk, source=EventSource.VISITOR)
        raise attempt_finished(Payment.objects.get(pk=payment.pk))
    try:
        return provider.checkout_resume(reference)
    except ProviderRefused as error:
        # It was paid or has expired: apply that, so that a new attempt can start.
        applied = payment_apply(payment_id=payment.pk, source=EventSource.VISITOR)
        if applied.payment.status not in _PAYABLE:
            raise attempt_finished(applied.payment) from error
        raise


def _request(payment: Payment, base_url: str) -> CheckoutRequest:
    status_url = urljoin(base_url, payment_status_path(payment))
    webhook_path = reverse("wagtail_payments:webhook", args=[payment.provider])
    return CheckoutRequest(
        idempotency_key=f"{payment.public_id}:{payment.checkout_try}",
        amount=payment.amount,
        currency=payment.currency,
        description=payment.item,
        quantity=payment.quantity,
        ui=ProviderUI(payment.ui),
        return_url=status_url,
        cancel_url=payment.page_url or status_url,
        webhook_url=urljoin(base_url, webhook_path),
        expires_at=payment.expires_at,
        started_at=payment.created_at,
        customer_email=payment.payer_email,
        locale=payment.language,
        metadata=payment_metadata(payment),
    )


def _note_failure(payment: Payment, error: ProviderError) -> None:
    timeline_add(
        payment=payment,
        kind=EventKind.CHECKOUT_FAILED,
        source=EventSource.PROVIDER,
        error=type(error).__name__,
    )
