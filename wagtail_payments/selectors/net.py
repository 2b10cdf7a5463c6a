"""What is left of payments: disputed money isn't, as a bank holds it until it has decided, or has kept it."""

from typing import Any

from django.db.models import F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from ..enums import GIVEN_BACK_STATUSES
from ..models import Dispute, Payment


def payment_net(payment: Payment, disputed: int) -> int | None:
    """Return gross without refunds, ``disputed`` and the fee, in minor units.

    None while it is unknown, or where it or the fee is other money.
    """
    if not (payment.is_paid and payment.captured_amount) or payment.fee is None:
        return None
    if payment.fee_currency not in {"", payment.currency}:
        return None
    return payment.captured_amount - payment.refunded_amount - disputed - payment.fee


def payment_disputed(payment: Payment) -> int:
    """Return how much of ``payment`` is disputed or lost by that, in minor units of its currency."""
    own = disputes_counted().filter(payment=payment, taken_in=payment.currency)
    return own.aggregate(sum=Sum("amount"))["sum"] or 0


def payments_disputed() -> dict[int, int]:
    """Return the same for all payments of which something is, by their ids."""
    own = disputes_counted().filter(taken_in=F("payment__currency"))
    return dict(own.values_list("payment_id").annotate(sum=Sum("amount")))


def disputes_counted() -> QuerySet[Any]:
    """Return the disputes that are open or lost, each with ``taken_in``, its amount's currency."""
    taken_in = Coalesce(NullIf(F("currency"), Value("")), F("payment__currency"))
    counted = Dispute.objects.exclude(status__in=GIVEN_BACK_STATUSES)
    return counted.annotate(taken_in=taken_in).order_by()
