"""Payers and their totals in a period: one page at a time, ordered by email address.

The database follows its index of addresses and stops when a page is full; only then are the totals
of these payers computed. A million payments are never grouped for one page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum

from wagtail_payments.enums import PaymentStatus
from wagtail_payments.models import Payment
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import exportable_payments, payments_with_payer, visible_payments
from wagtail_payments.search_keys import begins_with, search_key
from wagtail_payments.selectors.payments.amounts import disputed_by, disputes_counted
from wagtail_payments.utils.database import Unindexed

from .periods import Period

_FEW = 1000
"""Up to so many payments are read and sorted, because the index of addresses would be slower."""


def _among(payments: QuerySet[Payment], *selections: QuerySet[Payment]) -> QuerySet[Payment]:
    """Return the ``payments`` of a selection, if one of the selections is small."""
    for selection in selections:
        ids = list(selection.order_by().values_list("pk", flat=True)[:_FEW])
        if len(ids) < _FEW:
            return payments.filter(pk__in=ids)
    return payments


@dataclass(frozen=True, slots=True)
class PayerSum:
    """The totals of one payer in one currency: paid, refunded and disputed.

    Amounts are in minor units; ``disputed`` is None if a part is in another currency.
    """

    key: str
    email: str
    name: str
    currency: str
    payments: int
    paid: int
    refunded: int
    disputed: int | None
    last_id: int

    @property
    def net(self) -> int | None:
        """The amount less refunds and disputes, before fees; None if it is unknown."""
        return None if self.disputed is None else self.paid - self.refunded - self.disputed

    def display(self, name: str) -> str:
        """Return one of the amounts in the active language, empty if it is unknown."""
        amount = getattr(self, name)
        return "" if amount is None else format_amount(amount, self.currency)


def payers_payments(user: Any, period: Period, *, export: bool = False) -> QuerySet[Payment]:
    """Return the payments of ``period`` whose payers ``user`` may see, or export with ``export``.

    Payments without an email address are left out.
    """
    payments = exportable_payments(user) if export else visible_payments(user)
    begin, end = period.moments
    in_mode = Payment.objects.filter(mode=period.mode)
    in_period = Payment.objects.filter(paid_at__gte=begin, paid_at__lt=end)
    return (
        _among(payments, in_mode, in_period)
        .alias(
            _status=Unindexed("status"),
            _mode=Unindexed("mode"),
            _paid_at=Unindexed("paid_at"),
        )
        .filter(
            payments_with_payer(user),
            _status=PaymentStatus.SUCCEEDED,
            _mode=period.mode,
            _paid_at__gte=begin,
            _paid_at__lt=end,
            email_key__gt="",
        )
    )


def payers_found(
    payments: QuerySet[Payment], text: str, *, user: Any, export: bool = False
) -> QuerySet[Payment]:
    """Return the ``payments`` of payers whose email address or name (first or last) begins with a text.

    Names that the same address gave for other payments count, too, if ``user`` may see those, or export
    them with ``export``.
    """
    # People write "Müller, Zoë", too.
    keys = {search_key(text), search_key(text.replace(",", " "))} - {""}
    if not keys:
        return payments
    seen = exportable_payments(user) if export else visible_payments(user)
    found = [
        seen.filter(begins_with(name, key), payments_with_payer(user))
        for key in keys
        for name in ("email_key", "name_key", "surname_key")
    ]
    # Not one condition with OR, so that each part uses its own index.
    first, *others = (item.order_by().values("email_key") for item in found)
    return payments.filter(email_key__in=first.union(*others).order_by())


def payers_page(
    payments: QuerySet[Payment], found: QuerySet[Payment], *, after: str = "", size: int
) -> tuple[list[PayerSum], bool]:
    """Return the totals of ``size`` payers, and whether there are more.

    They are the payers of ``found`` after the address key ``after``.
    """
    behind = found.filter(email_key__gt=after).order_by("email_key")
    keys: list[Any] = list(behind.values_list("email_key", flat=True).distinct()[: size + 1])
    return _sums(payments, keys[:size]), len(keys) > size


def payers_walk(
    payments: QuerySet[Payment], found: QuerySet[Payment], *, size: int = 500
) -> Iterator[PayerSum]:
    """Yield the totals of all payers of ``found``, a few hundred at a time."""
    after, more = "", True
    while more:
        page, more = payers_page(payments, found, after=after, size=size)
        yield from page
        after = page[-1].key if page else ""


def payers_count(payments: QuerySet[Payment], found: QuerySet[Payment]) -> int:
    """Return the number of totals."""
    if found is not payments:
        payments = payments.filter(email_key__in=found.order_by().values("email_key"))
    return payments.order_by().values("email_key", "currency").distinct().count()


def payer_key(payments: QuerySet[Payment], payment_id: int) -> str:
    """Return the address key of the payment with this id, empty if it is not one of ``payments``.

    So the URL of a page contains no payer's email.
    """
    found = payments.filter(pk=payment_id).values_list("email_key", flat=True)
    return found.first() or ""


def _sums(payments: QuerySet[Payment], keys: list[str]) -> list[PayerSum]:
    """Return the totals of these payers, one line per currency."""
    grouped = payments.filter(email_key__in=keys).order_by("email_key", "currency")
    found: Any = grouped.values("email_key", "currency").annotate(
        email=Max("payer_email"),
        name=Max("payer_name"),
        count=Count("pk"),
        paid=Sum("captured_amount"),
        refunded=Sum("refunded_amount"),
        last_id=Max("pk"),
    )
    about = disputes_counted(payments).filter(payment__email_key__in=keys)
    disputed = disputed_by(about, "payment__email_key")
    return [
        PayerSum(
            row["email_key"],
            row["email"],
            row["name"],
            row["currency"],
            row["count"],
            row["paid"],
            row["refunded"],
            disputed.get((row["email_key"], row["currency"]), 0),
            row["last_id"],
        )
        for row in found
    ]
