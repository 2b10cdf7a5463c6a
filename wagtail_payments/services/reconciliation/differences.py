"""The differences between a provider's records and ours. Nothing is changed here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wagtail_payments.enums import DiscrepancyKind, PaymentStatus
from wagtail_payments.models import Dispute, Payment, Refund
from wagtail_payments.providers.types import DisputeSnapshot, PaymentSnapshot, RefundSnapshot
from wagtail_payments.services.payments.apply import STATUS_OF_PROVIDER
from wagtail_payments.services.payments.apply_details import fee_is_reported
from wagtail_payments.services.payments.apply_refunds import GIVEN_STATUSES


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``reference`` is the provider's id of its object."""

    kind: DiscrepancyKind
    reference: str
    data: dict[str, Any] = field(default_factory=dict)


def payment_differences(payment: Payment, snapshot: PaymentSnapshot) -> Iterator[Difference]:
    """Yield the differences between ``payment`` and an entry of the provider's list."""
    local, remote = _payment_local(payment), payment_remote(snapshot)
    if snapshot.currency != payment.currency:
        # Money in other currencies is never counted.
        remote["captured"] = 0
    if fee_is_reported(snapshot):
        local["fee"], remote["fee"] = payment.fee, snapshot.fee
    if local != remote:
        yield Difference(
            DiscrepancyKind.STATUS, snapshot.checkout_reference, {"local": local, "remote": remote}
        )
    yield from refund_differences(payment, snapshot.refunds)
    yield from dispute_differences(payment, snapshot.disputes)


def whole_differences(payment: Payment, snapshot: PaymentSnapshot) -> Iterator[Difference]:
    """Yield all differences from a snapshot with every refund, including refunds only we have."""
    yield from payment_differences(payment, snapshot)
    reported = {refund.reference for refund in snapshot.refunds}
    for refund in payment.refunds.filter(status__in=GIVEN_STATUSES):
        if refund.reference and refund.reference not in reported:
            data = {"local": _fields(refund), "remote": None}
            yield Difference(DiscrepancyKind.REFUND, refund.reference, data)


def refund_differences(
    payment: Payment, snapshots: Iterable[RefundSnapshot]
) -> Iterator[Difference]:
    """Yield the refunds that differ from ours."""
    known = {refund.reference or "": refund for refund in payment.refunds.all()}
    return _differences(DiscrepancyKind.REFUND, known, snapshots)


def dispute_differences(
    payment: Payment, snapshots: Iterable[DisputeSnapshot]
) -> Iterator[Difference]:
    """Yield the disputes that differ from ours."""
    known = {dispute.reference or "": dispute for dispute in payment.disputes.all()}
    return _differences(DiscrepancyKind.DISPUTE, known, snapshots)


def payment_remote(snapshot: PaymentSnapshot) -> dict[str, Any]:
    """Return the provider's state of a payment: its status in our terms, and the amounts."""
    status = STATUS_OF_PROVIDER[snapshot.status]
    captured = snapshot.amount if status == PaymentStatus.SUCCEEDED else 0
    return {"status": str(status), "captured": captured}


def _payment_local(payment: Payment) -> dict[str, Any]:
    return {"status": payment.status, "captured": payment.captured_amount}


def _differences(
    kind: DiscrepancyKind,
    known: Mapping[str, Refund | Dispute],
    snapshots: Iterable[RefundSnapshot | DisputeSnapshot],
) -> Iterator[Difference]:
    for snapshot in snapshots:
        row = known.get(snapshot.reference)
        local, remote = _fields(row) if row else None, _fields(snapshot)
        if local != remote:
            yield Difference(kind, snapshot.reference, {"local": local, "remote": remote})


def _fields(obj: Refund | Dispute | RefundSnapshot | DisputeSnapshot) -> dict[str, Any]:
    return {"status": str(obj.status), "amount": obj.amount}
