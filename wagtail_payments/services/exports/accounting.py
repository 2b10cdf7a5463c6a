"""The accounting export: one line per ledger entry."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_payments.enums import Mode
from wagtail_payments.labels import method_name
from wagtail_payments.money import to_major
from wagtail_payments.selectors.revenue.periods import Period

from .cells import date_heading, in_this_language, site_time
from .ledger import Movement, movements, movements_count
from .tables import Column, Kind, Row, Table

TYPES: dict[str, str | Promise] = {
    "payment": gettext_lazy("Payment"),
    "fee": gettext_lazy("Fee"),
    "refund": gettext_lazy("Refund"),
    "refund_back": gettext_lazy("Refund reversed"),
    "dispute": gettext_lazy("Dispute"),
    "dispute_back": gettext_lazy("Dispute reversed"),
    "payout": gettext_lazy("Payout"),
}


def accounting_table(*, user: Any, period: Period) -> Table:
    """Return the ledger entries of ``period`` that ``user`` may export, the oldest first."""
    row = _RowMaker()
    test = "test-" if period.mode == Mode.TEST else ""
    return Table(
        name=f"accounting-{test}{period.first}-{period.last}",
        columns=_columns(),
        rows=lambda: map(row, movements(user, period)),
        count=lambda: movements_count(user, period),
    )


def _columns() -> list[Column]:
    return [
        Column(date_heading(), Kind.MOMENT, 20),
        Column(_("Type"), width=18),
        Column(_("Amount"), Kind.MONEY, 12),
        Column(_("Currency"), width=9),
        Column(_("Included tax"), Kind.MONEY, 12),
        Column(_("Document"), Kind.TEXT, 18),
        Column(_("Transaction"), width=38),
        Column(_("Provider"), Kind.TEXT, 12),
        Column(_("Provider reference"), Kind.TEXT, 30),
        Column(_("Product"), Kind.TEXT, 30),
        Column(_("Method"), Kind.TEXT, 18),
        Column(_("Mode"), width=8),
    ]


class _RowMaker:
    """Builds a row from a ledger entry."""

    def __init__(self) -> None:
        self.in_site_time = site_time()
        self.type = in_this_language(TYPES.__getitem__)
        self.mode = in_this_language(lambda mode: Mode(mode).label)
        self.method = in_this_language(method_name)

    def __call__(self, moved: Movement) -> Row:
        """Return the row, in the order of :func:`_columns`."""
        return (
            self.in_site_time(moved.moment),
            self.type(moved.kind),
            to_major(moved.amount, moved.currency),
            moved.currency,
            None if moved.tax is None else to_major(moved.tax, moved.currency),
            moved.document,
            moved.transaction,
            moved.provider,
            moved.reference,
            moved.product,
            self.method(moved.method) if moved.transaction else "",
            self.mode(moved.mode),
        )
