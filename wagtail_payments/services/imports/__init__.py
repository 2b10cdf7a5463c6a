"""Imports payments that were made at a provider before this package was installed.

Imported payments are only recorded: no email, no signal, no receipt number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from wagtail_payments.enums import EventKind, EventSource, RefundStatus
from wagtail_payments.models import Payment, PaymentEvent, Product, Refund
from wagtail_payments.money import is_currency
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import PastPayment, PaymentSnapshot
from wagtail_payments.services.providers import APP
from wagtail_payments.services.revenue import payment_mark_stale
from wagtail_payments.utils.progress import Watch, unwatched

from .rows import dispute_row, payment_row, provider_mode, refund_row

BATCH = 200


@dataclass(slots=True)
class ImportResult:
    """The result of an import.

    ``new`` were recorded (with a dry run: would be), ``known`` exist already, ``others`` belong to
    another site with this package, ``left_out`` cannot be imported, each with the reason. ``sums`` are
    the amounts of the new ones, in minor units by currency.
    """

    new: int = 0
    known: int = 0
    others: int = 0
    left_out: list[str] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)

    def count(self, snapshot: PaymentSnapshot) -> None:
        """Count one new payment."""
        self.new += 1
        self.sums[snapshot.currency] = self.sums.get(snapshot.currency, 0) + snapshot.amount


def payments_import(
    *,
    alias: str,
    since: datetime,
    product: Product | None = None,
    dry_run: bool = False,
    watch: Watch = unwatched,
) -> ImportResult:
    """Record the payments of provider ``alias`` since a time. Running it again adds what is new.

    All are assigned to ``product``, if given. Raises ProviderMisconfigured, ProviderUnavailable.
    """
    provider = get_provider(alias)
    result = ImportResult()
    walk = iter(watch("payments", provider.payments_past(since)))
    while batch := list(islice(walk, BATCH)):
        fresh = list(_fresh(provider, batch, result))
        written = fresh if dry_run else _write(provider, fresh, product)
        result.known += len(fresh) - len(written)
        for past in written:
            result.count(past.snapshot)
    return result


def _fresh(
    provider: Provider, batch: list[PastPayment], result: ImportResult
) -> Iterator[PastPayment]:
    """Yield the payments that do not exist yet, and count the others."""
    known = _known(provider, batch)
    for past in batch:
        snapshot = past.snapshot
        if known & {snapshot.payment_reference, past.metadata.get("payment")}:
            result.known += 1
        elif past.metadata.get("app") == APP:
            result.others += 1
        elif not is_currency(snapshot.currency) or snapshot.amount < 1:
            reason = f"{snapshot.amount} {snapshot.currency}"
            result.left_out.append(f"{snapshot.payment_reference}: {reason}")
        else:
            yield past


def _known(provider: Provider, batch: list[PastPayment]) -> set[str | None]:
    """Return the references and ids of payments that exist: imported before, or made here."""
    references = [past.snapshot.payment_reference for past in batch]
    ids = [key for past in batch if (key := _uuid(past.metadata.get("payment", "")))]
    here = Payment.objects.filter(provider=provider.alias, mode=provider_mode(provider)).filter(
        Q(payment_reference__in=references) | Q(public_id__in=ids)
    )
    found = here.values_list("payment_reference", "public_id")
    return {str(key) for pair in found for key in pair if key}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@transaction.atomic
def _write(
    provider: Provider, batch: list[PastPayment], product: Product | None
) -> list[PastPayment]:
    """Record ``batch``, and return the payments that did not exist yet."""
    return [past for past in batch if _is_written(provider, past, product)]


def _is_written(provider: Provider, past: PastPayment, product: Product | None) -> bool:
    try:
        with transaction.atomic():
            _write_one(provider, past, product)
    except IntegrityError:
        # Another import has recorded the same payment in the meantime.
        if not _known(provider, [past]):
            raise
        return False
    return True


def _write_one(provider: Provider, past: PastPayment, product: Product | None) -> None:
    payment = payment_row(provider, past, product)
    payment.save(force_insert=True)
    for refund in past.snapshot.refunds:
        _write_refund(refund_row(payment, refund, past.paid_at))
    for dispute in past.snapshot.disputes:
        dispute_row(payment, dispute, past.paid_at).save(force_insert=True)
    PaymentEvent.objects.create(
        payment=payment,
        kind=EventKind.IMPORTED,
        source=EventSource.IMPORT,
        amount=payment.amount,
        # Not the title: other software may have put the payer's name or email into it.
        data={"note": past.description} if past.description else {},
    )
    payment_mark_stale(payment)


def _write_refund(refund: Refund) -> None:
    refund.save(force_insert=True)
    if refund.status == RefundStatus.SUCCEEDED:
        refund.movements.create(amount=refund.amount, moved_at=refund.created_at)
