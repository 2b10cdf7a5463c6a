"""The accounting export: one line a movement."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...enums import Mode
from ...money import to_major
from ...selectors.method_names import method_name
from ...selectors.periods import Period
from .cells import date_heading, site_time
from .movements import Movement, movements, movements_count
from .tables import Column, Kind, Row, Table

TYPES: dict[str, str | Promise] = {
    "payment": gettext_lazy("Payment"),
    "fee": gettext_lazy("Fee"),
    "refund": gettext_lazy("Refund"),
    "refund_back": gettext_lazy("Refund that came back"),
    "dispute": gettext_lazy("Dispute"),
    "dispute_back": gettext_lazy("Dispute won"),
    "payout": gettext_lazy("Payout"),
}


def accounting_table(*, user: Any, period: Period) -> Table:
    """Return the movements of ``period`` that ``user`` may take away, the oldest first."""
    test = "test-" if period.mode == Mode.TEST else ""
    return Table(
        name=f"accounting-{test}{period.first}-{period.last}",
        columns=_columns(),
        rows=lambda: _rows(movements(user, period)),
        count=lambda: movements_count(user, period),
    )


def _columns() -> list[Column]:
    return [
        Column(date_heading(), Kind.MOMENT, 20),
        Column(_("Type"), width=18),
        Column(_("Amount"), Kind.MONEY, 12),
        Column(_("Currency"), width=9),
        Column(_("Tax included"), Kind.MONEY, 12),
        Column(_("Document"), Kind.TEXT, 18),
        Column(_("Transaction"), width=38),
        Column(_("Provider"), Kind.TEXT, 12),
        Column(_("Provider's reference"), Kind.TEXT, 30),
        Column(_("Product"), Kind.TEXT, 30),
        Column(_("Method"), Kind.TEXT, 18),
        Column(_("Mode"), width=8),
    ]


def _rows(moved: Iterator[Movement]) -> Iterator[Row]:
    in_site_time = site_time()
    types = {kind: str(words) for kind, words in TYPES.items()}
    modes = {value: str(label) for value, label in Mode.choices}
    method: Callable[[str], str] = cache(method_name)
    for each in moved:
        yield (
            in_site_time(each.moment),
            types[each.kind],
            to_major(each.amount, each.currency),
            each.currency,
            None if each.tax is None else to_major(each.tax, each.currency),
            each.document,
            each.transaction,
            each.provider,
            each.reference,
            each.product,
            method(each.method) if each.transaction else "",
            modes[each.mode],
        )
