"""In what a provider's books and ours differ: compared, never changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ...enums import DriftKind, PaymentStatus
from ...models import Payment
from ...providers.types import DisputeSnapshot, PaymentSnapshot, RefundSnapshot
from ..payments import STATUS_OF_PROVIDER


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``reference`` is the provider's id of the object that it is about."""

    kind: DriftKind
    reference: str
    data: dict[str, Any] = field(default_factory=dict)


def payment_differences(payment: Payment, snapshot: PaymentSnapshot) -> Iterator[Difference]:
    """Yield in what ``payment`` differs from what its provider says."""
    reference = snapshot.checkout_reference
    ours, theirs = _payment_ours(payment), _payment_theirs(snapshot)
    if snapshot.fee is None:
        # Not settled yet, or not told: no news.
        ours.pop("fee"), theirs.pop("fee")
    if ours != theirs:
        yield Difference(DriftKind.STATUS, reference, {"ours": ours, "theirs": theirs})
    yield from refund_differences(payment, snapshot.refunds)
    yield from dispute_differences(payment, snapshot.disputes)


def refund_differences(
    payment: Payment, snapshots: Iterable[RefundSnapshot]
) -> Iterator[Difference]:
    """Yield the refunds that we don't have as the provider does."""
    known = {refund.reference: refund for refund in payment.refunds.all()} if snapshots else {}
    for snapshot in snapshots:
        refund = known.get(snapshot.reference)
        ours = {"status": refund.status, "amount": refund.amount} if refund else None
        theirs = {"status": str(snapshot.status), "amount": snapshot.amount}
        if ours != theirs:
            yield Difference(DriftKind.REFUND, snapshot.reference, {"ours": ours, "theirs": theirs})


def dispute_differences(
    payment: Payment, snapshots: Iterable[DisputeSnapshot]
) -> Iterator[Difference]:
    """Yield the disputes that we don't have as the provider does."""
    known = {dispute.reference: dispute for dispute in payment.disputes.all()} if snapshots else {}
    for snapshot in snapshots:
        dispute = known.get(snapshot.reference)
        ours = {"status": dispute.status, "amount": dispute.amount} if dispute else None
        theirs = {"status": str(snapshot.status), "amount": snapshot.amount}
        if ours != theirs:
            yield Difference(
                DriftKind.DISPUTE, snapshot.reference, {"ours": ours, "theirs": theirs}
            )


def _payment_ours(payment: Payment) -> dict[str, Any]:
    return {
        "status": payment.status,
        "captured": payment.captured_amount,
        "fee": payment.fee,
    }


def _payment_theirs(snapshot: PaymentSnapshot) -> dict[str, Any]:
    status = STATUS_OF_PROVIDER[snapshot.status]
    return {
        "status": str(status),
        "captured": snapshot.amount if status == PaymentStatus.SUCCEEDED else 0,
        "fee": snapshot.fee,
    }
