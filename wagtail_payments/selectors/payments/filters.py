"""The conditions of the payment filters."""

from collections.abc import Callable, Collection, Iterable
from itertools import groupby

from django.db import connections
from django.db.models import F, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import UNFINISHED_STATUSES, DisputeStatus, PaymentStatus, RefundStatus
from wagtail_payments.exceptions import AmountError
from wagtail_payments.models import Dispute, Payment, Refund
from wagtail_payments.money import currency_decimals, is_currency, parse_amount, with_point

UNFINISHED = "unfinished"
"""The choice for all unfinished statuses."""

_BROAD = 20_000
"""Up to so many rows, sorting is faster than following an index."""

_OPEN_DISPUTES = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)


class GivenBack(TextChoices):
    """The choices for paid payments with refunds."""

    WHOLLY = "refunded", _("Refunded")
    PARTLY = "partly_refunded", _("Partly refunded")


class RefundedAs(TextChoices):
    """The choices for the state of refunds."""

    ANY = "any", _("Refunded or in progress")
    PENDING = "pending", _("Refund in progress")
    FAILED = "failed", _("Refund failed")


class DisputedAs(TextChoices):
    """The choices for the state of disputes."""

    ANY = "any", _("Disputed")
    OPEN = "open", _("Dispute is open")
    ANSWER = "answer", _("Dispute needs a response")


def with_status(choices: Iterable[str]) -> Q:
    """Return the condition for payments with one of the statuses ``choices``."""
    chosen = set(choices)
    statuses = chosen & set(PaymentStatus.values)
    if UNFINISHED in chosen:
        statuses |= {str(status) for status in UNFINISHED_STATUSES}
    conditions = [Q(status__in=sorted(statuses))] if statuses else []
    some_back = Q(refunded_amount__gt=0)
    if chosen >= set(GivenBack.values):
        conditions.append(some_back)
    elif GivenBack.WHOLLY in chosen:
        conditions.append(some_back & Q(refunded_amount__gte=F("captured_amount")))
    elif GivenBack.PARTLY in chosen:
        conditions.append(some_back & Q(refunded_amount__lt=F("captured_amount")))
    return _either(conditions)


def with_refund(choice: str) -> Q:
    """Return the condition for payments whose refunds match ``choice``."""
    if choice == RefundedAs.ANY:
        return Q(refunded_amount__gt=0)
    waiting = [RefundStatus.CREATED, RefundStatus.PENDING]
    statuses = waiting if choice == RefundedAs.PENDING else [RefundStatus.FAILED]
    return Q(pk__in=Refund.objects.filter(status__in=statuses).order_by().values("payment_id"))


def with_dispute(choice: str) -> Q:
    """Return the condition for payments whose disputes match ``choice``."""
    disputes = Dispute.objects.order_by()
    if choice == DisputedAs.OPEN:
        disputes = disputes.filter(status__in=_OPEN_DISPUTES)
    elif choice == DisputedAs.ANSWER:
        disputes = disputes.filter(status=DisputeStatus.NEEDS_RESPONSE)
    return Q(pk__in=disputes.values("payment_id"))


def payments_of_amounts(
    payments: QuerySet[Payment], condition: Callable[[str], Q]
) -> QuerySet[Payment]:
    """Return the ``payments`` that match ``condition``, which takes the name of the column.

    SQLite would read a broad range from the index of amounts, then sort all of it for a page. An
    expression has no index (https://www.sqlite.org/optoverview.html, section 6.3).
    """
    found = payments.filter(condition("amount"))
    is_sqlite = connections[payments.db].vendor == "sqlite"
    if not is_sqlite or found.order_by()[: _BROAD + 1].count() <= _BROAD:
        return found
    return payments.alias(unindexed=F("amount") + 0).filter(condition("unindexed"))


def with_amounts(
    currencies: Collection[str], *, at_least: str, at_most: str, name: str = "amount"
) -> Q:
    """Return the condition that an amount is between two typed bounds, in each of ``currencies``.

    ``name`` is the column. Currencies with the same number of decimals share their bounds. Raises
    AmountError if a text is not an amount in any of them.
    """
    known = sorted(filter(is_currency, currencies), key=currency_decimals)
    groups = [list(group) for _decimals, group in groupby(known, key=currency_decimals)]
    conditions, refusal = [], None
    for same in groups:
        try:
            bounds = _bounds(name, at_least, at_most, same[0])
        except AmountError as error:
            refusal = error
        else:
            conditions.append(bounds if len(groups) == 1 else bounds & Q(currency__in=same))
    if refusal and not conditions:
        raise refusal
    return _either(conditions)


def _bounds(name: str, at_least: str, at_most: str, currency: str) -> Q:
    typed = {f"{name}__gte": at_least, f"{name}__lte": at_most}
    return Q(
        **{key: parse_amount(with_point(text), currency) for key, text in typed.items() if text}
    )


def _either(conditions: list[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= condition
    return whole
