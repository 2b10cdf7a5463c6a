"""The payers: one row per payer and currency."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from wagtail_payments.enums import Mode
from wagtail_payments.money import to_major
from wagtail_payments.selectors.revenue.payers import (
    payers_count,
    payers_found,
    payers_payments,
    payers_walk,
)
from wagtail_payments.selectors.revenue.periods import Period

from .tables import Column, Kind, Row, Table


def payers_table(*, user: Any, period: Period, text: str = "") -> Table:
    """Return the payers of ``period`` that ``user`` may export, ordered by email address."""
    payments = payers_payments(user, period, export=True)
    found = payers_found(payments, text, user=user, export=True)
    test = "test-" if period.mode == Mode.TEST else ""

    def rows() -> Iterator[Row]:
        for payer in payers_walk(payments, found):
            amounts = (payer.paid, payer.refunded, payer.disputed, payer.net)
            money = [a if a is None else to_major(a, payer.currency) for a in amounts]
            yield (payer.email, payer.name, payer.payments, *money, payer.currency)

    return Table(
        name=f"payers-{test}{period.first}-{period.last}",
        columns=[
            Column(_("E-mail"), Kind.TEXT, 32),
            Column(_("Name"), Kind.TEXT, 28),
            Column(_("Payments"), Kind.NUMBER, 10),
            Column(_("Paid"), Kind.MONEY),
            Column(_("Refunded"), Kind.MONEY),
            Column(_("Disputed"), Kind.MONEY),
            Column(_("Net"), Kind.MONEY),
            Column(_("Currency"), width=9),
        ],
        rows=rows,
        count=lambda: payers_count(payments, found),
    )
