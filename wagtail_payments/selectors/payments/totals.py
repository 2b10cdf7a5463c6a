"""Totals of payments: one line per currency and mode."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from wagtail_payments.enums import Mode, PaymentStatus
from wagtail_payments.models import Payment
from wagtail_payments.money import format_amount

from .amounts import disputes_counted


@dataclass(slots=True, kw_only=True)
class Totals:
    """The totals of payments of one mode in one currency, in minor units.

    A provider's fee or a disputed amount may be in another currency, which then has its own line.
    """

    mode: str
    currency: str
    payments: int = 0
    paid: int = 0
    gross: int = 0
    refunded: int = 0
    disputed: int = 0
    fees: int = 0

    @property
    def test(self) -> bool:
        """Whether the money is not real."""
        return self.mode == Mode.TEST

    @property
    def net(self) -> int:
        """The gross less refunds, disputed money and fees."""
        return self.gross - self.refunded - self.disputed - self.fees

    @property
    def figures(self) -> list[str]:
        """Gross, refunded, disputed, fees and net, formatted."""
        amounts = (self.gross, self.refunded, self.disputed, self.fees, self.net)
        return [format_amount(amount, self.currency) for amount in amounts]


def payments_totals(payments: QuerySet[Payment]) -> list[Totals]:
    """Return the totals of ``payments``, live before test. It reads all of them."""
    lines: dict[tuple[str, str], Totals] = {}
    sums = {
        "count": Count("pk"),
        "paid": Count("pk", filter=Q(status=PaymentStatus.SUCCEEDED)),
        "gross": Sum("captured_amount"),
        "refunded": Sum("refunded_amount"),
    }
    keys = ("mode", "currency")
    whole = payments.order_by().values(*keys).annotate(**sums).values_list(*keys, *sums)
    for mode, currency, *figures in whole:
        line = _line(lines, mode, currency)
        line.payments, line.paid, line.gross, line.refunded = figures
    taken_in = Coalesce(NullIf(F("fee_currency"), Value("")), F("currency"))
    with_fee = payments.filter(fee__gt=0).order_by().values("mode", taken_in=taken_in)
    for mode, currency, fees in with_fee.annotate(sum=Sum("fee")).values_list(
        "mode", "taken_in", "sum"
    ):
        _line(lines, mode, currency).fees = fees
    disputes = disputes_counted(payments).values_list("payment__mode", "taken_in")
    for mode, currency, disputed in disputes.annotate(sum=Sum("amount")):
        _line(lines, mode, currency).disputed = disputed
    return [lines[key] for key in sorted(lines)]


def _line(lines: dict[tuple[str, str], Totals], mode: str, currency: str) -> Totals:
    return lines.setdefault((mode, currency), Totals(mode=mode, currency=currency))
