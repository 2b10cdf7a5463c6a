"""Starts a payment: write it down, then ask the provider to open a checkout.

The attempt key makes a double click, a reload or a retry go on with the same payment.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from ..conf import payments_conf
from ..enums import UNPAID_STATUSES, EventKind, EventSource, Mode, PaymentStatus
from ..exceptions import CheckoutRefused
from ..models import Payment, PaymentSettings, Stock
from ..money import included_tax
from ..providers.base import Provider
from ..providers.exceptions import (
    AmountRefused,
    AnswerReplayed,
    KeyReused,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from ..providers.registry import get_provider
from ..providers.types import CheckoutRequest, CheckoutSession
from ..providers.types import CheckoutUI as ProviderUI
from ..selectors.payments import payment_just_made, payment_status_path
from ..selectors.products import stock_left
from .metadata import payment_metadata
from .orders import CheckoutOrder, Payer, Quote, order_quote, payer_check
from .payments import payment_abandon, payment_apply, payment_expire, payment_opened
from .provider_of import provider_of
from .timeline import timeline_add

_PAYABLE = frozenset({PaymentStatus.CREATED, PaymentStatus.PENDING})


@dataclass(frozen=True, slots=True)
class StartedCheckout:
    """A payment and the provider's open checkout for it."""

    payment: Payment
    session: CheckoutSession
    delivery_ids: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where a visitor goes on who doesn't pay in the page."""
        return self.session.url or payment_status_path(self.payment)


def checkout_start(
    *,
    order: CheckoutOrder,
    payer: Payer,
    site: Site | None,
    base_url: str,
    seen_payments: Collection[UUID] = (),
) -> StartedCheckout:
    """Start paying for ``order``, or go on with the payment that its attempt key started.

    ``base_url`` is the visitor's own address of the site ("https://example.org"), ``seen_payments``
    are the transaction ids of those that this browser started. Call it outside any transaction.
    Raises CheckoutRefused; the visitor may send the same form again.
    """
    quote = order_quote(order=order)
    payer_check(payer)
    provider = _provider(quote)
    payment = Payment.objects.filter(attempt_key=quote.attempt_key).first()
    if payment is None:
        if not order.again:
            _tell_if_paid_already(quote, seen_payments)
        payment = _payment_create(quote, payer, site, provider)
    _check_attempt(payment, quote, payer)
    _payer_corrected(payment, payer)
    return _opened(payment, base_url)


def _provider(quote: Quote) -> Provider:
    """Return who takes the money. Raises CheckoutRefused when a page asks for what isn't there."""
    alias = quote.placement.provider
    if alias and alias not in payments_conf().PROVIDERS:
        raise CheckoutRefused("not_for_sale", _("This isn't for sale at the moment."))
    provider = get_provider(alias or None)
    if ProviderUI(quote.ui) not in provider.uis:
        raise CheckoutRefused("invalid", _("Choose where to pay."), field="ui")
    return provider


def _tell_if_paid_already(quote: Quote, seen_payments: Collection[UUID]) -> None:
    """Warn once who has just paid for the same thing in the same browser; never found by e-mail."""
    payment = payment_just_made(quote.product, seen_payments)
    if payment is None:
        return
    raise CheckoutRefused(
        "paid_recently",
        _("You have just paid for this. Send the form again only to pay once more."),
        extra={"status_url": payment_status_path(payment)},
    )


def _payment_create(quote: Quote, payer: Payer, site: Site | None, provider: Provider) -> Payment:
    payment = _payment_from(quote, payer, site, provider)
    try:
        with transaction.atomic():
            _check_stock(quote)
            payment.save(force_insert=True)
            timeline_add(
                payment=payment,
                kind=EventKind.CREATED,
                source=EventSource.VISITOR,
                actor=payment.payer,
                amount=payment.amount,
            )
    except IntegrityError:
        # The other half of a double click was faster; anything else is a bug, and says so.
        other = Payment.objects.filter(attempt_key=quote.attempt_key).first()
        if other is None:
            raise
        return other
    return payment


def _payment_from(quote: Quote, payer: Payer, site: Site | None, provider: Provider) -> Payment:
    product, price = quote.product, quote.price
    expires_at = timezone.now() + timedelta(seconds=payments_conf().CHECKOUT_EXPIRES_AFTER)
    seller = PaymentSettings.for_site(site) if site else PaymentSettings()
    return Payment(
        attempt_key=quote.attempt_key,
        terms_digest=quote.digest,
        site=site,
        product=product,
        product_key=product.translation_key,
        price_key=price.key,
        title=product.name,
        price_name=price.name,
        unit_amount=quote.unit_amount,
        quantity=quote.quantity,
        amount=quote.amount,
        currency=price.currency,
        tax_rate=price.tax_rate,
        tax_amount=included_tax(quote.amount, price.tax_rate),
        payer=payer.user,
        payer_name=payer.name,
        payer_email=payer.email,
        language=payer.language,
        terms_url=seller.terms_url,
        provider=provider.alias,
        mode=Mode.LIVE if provider.live else Mode.TEST,
        ui=quote.ui,
        expires_at=expires_at,
        next_check_at=expires_at + timedelta(minutes=1),
        **_placement_facts(quote),
    )


def _placement_facts(quote: Quote) -> dict[str, Any]:
    """Freeze where it was sold. The page may be gone: then only its number is known."""
    placement = quote.placement
    facts = {"page_id": placement.page_id, "revision_id": placement.revision_id}
    page = Page.objects.filter(pk=placement.page_id).first() if placement.page_id else None
    if page is None:
        return facts
    return {**facts, "page_title": page.title, "page_url": page.full_url or ""}


def _check_stock(quote: Quote) -> None:
    """Count what is left under the lock of the stock's row. Call it inside the transaction."""
    if quote.price.stock is None:
        return
    keys = {"product_key": quote.product.translation_key, "price_key": quote.price.key}
    Stock.objects.get_or_create(**keys)
    Stock.objects.select_for_update().get(**keys)
    left = stock_left(quote.price) or 0
    if left >= quote.quantity:
        return
    message = _("Only %(left)d left. Choose fewer.") % {"left": left} if left else _("Sold out.")
    raise CheckoutRefused("sold_out", message, field="quantity", extra={"left": left})


def _check_attempt(payment: Payment, quote: Quote, payer: Payer) -> None:
    """Refuse to go on with a payment that is over, or that was started for something else."""
    same_payer = payment.payer_id == (payer.user.pk if payer.user else None)
    same_terms = payment.terms_digest == quote.digest and payment.ui == quote.ui
    provider = get_provider(payment.provider)
    same_mode = payment.mode == (Mode.LIVE if provider.live else Mode.TEST)
    if not (same_payer and same_terms and same_mode):
        raise _conflict()
    if payment.status not in _PAYABLE:
        raise _finished(payment)
    if payment.checkout_reference and provider.manual:
        raise _ordered(payment)


def _conflict() -> CheckoutRefused:
    return CheckoutRefused(
        "attempt_conflict", _("The form has changed. Send it again to start anew.")
    )


def _finished(payment: Payment) -> CheckoutRefused:
    if payment.status in UNPAID_STATUSES:
        message = _("This payment is over, and nothing was charged. Send the form again to pay.")
    else:
        message = _(
            "This is paid already, or on its way. Send the form again only to pay once more."
        )
    return CheckoutRefused(
        "attempt_finished", message, extra={"status_url": payment_status_path(payment)}
    )


def _ordered(payment: Payment) -> CheckoutRefused:
    """Nothing tells a second order from a first one sent twice, so whoever sends it decides."""
    return CheckoutRefused(
        "attempt_finished",
        _("You have ordered this already. Send the form again only to order it once more."),
        extra={"status_url": payment_status_path(payment)},
    )


def _payer_corrected(payment: Payment, payer: Payer) -> None:
    """Keep the address that was typed last: the receipt goes there.

    While nobody knows whether the provider has opened a checkout, the same request has to be sent
    again as it was, so a correction then starts anew.
    """
    if (payment.payer_email, payment.payer_name) == (payer.email, payer.name):
        return
    if payment.checkout_reference is None:
        raise _conflict()
    payment.payer_email, payment.payer_name = payer.email, payer.name
    payment.save(update_fields=["payer_email", "payer_name"])


def _opened(payment: Payment, base_url: str) -> StartedCheckout:
    """Open a checkout, or the one that was opened before. Outside any transaction."""
    if payment_abandon(payment_id=payment.pk, source=EventSource.VISITOR):
        raise _finished(Payment.objects.get(pk=payment.pk))
    provider = provider_of(payment)
    try:
        if payment.checkout_reference:
            return StartedCheckout(payment, _resumed(payment, payment.checkout_reference, provider))
        session = _session_opened(payment, base_url, provider)
    except ProviderError as error:
        _note_failure(payment, error)
        raise _provider_refusal(error) from error
    opened = payment_opened(payment=payment, session=session, manual=provider.manual)
    if opened.payment.status not in _PAYABLE:
        raise _finished(opened.payment)
    if opened.payment.checkout_reference != session.reference:
        # The other half of a double click was faster, and only its checkout is ours.
        raise _busy()
    return StartedCheckout(opened.payment, session, opened.delivery_ids)


def _session_opened(payment: Payment, base_url: str, provider: Provider) -> CheckoutSession:
    """Send the same key and request until the outcome is known.

    When the key is used up, only what certainly isn't there is tried under a new number.
    """
    try:
        return provider.checkout_open(_request(payment, base_url))
    except (AnswerReplayed, KeyReused):
        found = provider.checkout_find(_request(payment, base_url))
        if found is not None:
            return found
    tried = Payment.objects.filter(pk=payment.pk, checkout_try=payment.checkout_try)
    if not tried.update(checkout_try=payment.checkout_try + 1):
        raise ProviderUnavailable("Somebody else is at this payment.")
    payment.checkout_try += 1
    return provider.checkout_open(_request(payment, base_url))


def _resumed(payment: Payment, reference: str, provider: Provider) -> CheckoutSession:
    if payment.expires_at < timezone.now():
        payment_expire(payment_id=payment.pk, source=EventSource.VISITOR)
        raise _finished(Payment.objects.get(pk=payment.pk))
    try:
        return provider.checkout_resume(reference)
    except ProviderRefused as error:
        # It was paid or has expired while nobody told us: learn that, so that a new try can start.
        applied = payment_apply(payment_id=payment.pk, source=EventSource.VISITOR)
        if applied.payment.status not in _PAYABLE:
            raise _finished(applied.payment) from error
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


def _provider_refusal(error: ProviderError) -> CheckoutRefused:
    if isinstance(error, AmountRefused):
        return CheckoutRefused(
            "amount_refused",
            _("The payment provider doesn't take this amount. Choose another one, or contact us."),
            field="amount",
        )
    if isinstance(error, ProviderRefused):
        return CheckoutRefused(
            "provider_refused",
            _("This payment can't be taken. Reload the page and try again, or contact us."),
        )
    return _busy()


def _busy() -> CheckoutRefused:
    return CheckoutRefused(
        "provider_unavailable",
        _("The payment provider doesn't answer. Nothing was charged. Try again in a moment."),
    )
