"""Net and disputed amounts. Disputed money is not part of the net: a bank holds it or has kept it.

The revenue reports follow the same rule (``services/revenue/sums.py``).
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from wagtail_payments.enums import GIVEN_BACK_STATUSES
from wagtail_payments.models import Dispute, Payment


def disputes_counted(payments: QuerySet[Payment]) -> QuerySet[Any]:
    """Return the disputes about ``payments`` that are open or lost.

    Each is annotated with ``taken_in``, the currency of its amount.
    """
    taken_in = Coalesce(NullIf(F("currency"), Value("")), F("payment__currency"))
    about = Exists(payments.order_by().filter(pk=OuterRef("payment_id")))
    counted = Dispute.objects.exclude(status__in=GIVEN_BACK_STATUSES).filter(about)
    return counted.annotate(taken_in=taken_in).order_by()


def payments_disputed(payments: QuerySet[Payment]) -> dict[int, int | None]:
    """Return the disputed or lost amounts of ``payments`` (minor units) by id.

    Payments without a dispute are left out. None stands for an amount in another currency.
    """
    found = disputed_by(disputes_counted(payments), "payment_id")
    return {pk: amount for (pk, _currency), amount in found.items()}


def disputed_by(disputes: QuerySet[Any], name: str) -> dict[tuple[Any, str], int | None]:
    """Return the sums of ``disputes`` by their ``name`` and their payments' currency.

    A sum is None if a part of it is in another currency.
    """
    sums = disputes.values_list(name, "payment__currency", "taken_in").annotate(sum=Sum("amount"))
    found: dict[tuple[Any, str], int | None] = {}
    for value, currency, taken_in, amount in sums:
        before = found.get((value, currency), 0)
        other = before is None or taken_in != currency
        found[value, currency] = None if other else (before or 0) + amount
    return found


def payment_net(payment: Payment, disputed: int | None) -> int | None:
    """Return the gross less refunds, ``disputed`` and the fee, in minor units.

    None if a part is unknown or in another currency.
    """
    if not (payment.is_paid and payment.captured_amount) or payment.fee is None:
        return None
    if disputed is None or payment.fee_currency not in {"", payment.currency}:
        return None
    return payment.captured_amount - payment.refunded_amount - disputed - payment.fee
