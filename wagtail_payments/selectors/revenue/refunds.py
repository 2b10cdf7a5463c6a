"""Refunds of a period and open disputes, of payments that a user may see."""

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from wagtail_payments.enums import KEPT_STATUSES, CreditNoteKind, DisputeStatus
from wagtail_payments.models import CreditNote, Dispute, Payment, Refund
from wagtail_payments.money import format_amount
from wagtail_payments.permissions import may_view_all_payments, visible_payments

from .periods import Period

_OPEN = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)


def disputes_open(user: Any, mode: str) -> QuerySet[Dispute]:
    """Return the open disputes, the most urgent first."""
    disputes = _seen(user, Dispute.objects.filter(status__in=_OPEN, mode=mode))
    return disputes.select_related("payment").order_by(F("due_by").asc(nulls_last=True), "pk")


def refunds_requested(user: Any, period: Period) -> QuerySet[Refund]:
    """Return the refunds requested in ``period``, the newest first, with the credit note's number."""
    begin, end = period.moments
    asked = Refund.objects.filter(created_at__gte=begin, created_at__lt=end, mode=period.mode)
    notes = CreditNote.objects.filter(refund=OuterRef("pk"), kind=CreditNoteKind.REFUND)
    numbered: QuerySet[Refund] = _seen(user, asked).annotate(
        note_code=Subquery(notes.order_by("-pk").values("code")[:1])
    )
    return numbered.select_related("payment", "actor").order_by("-created_at", "-pk")


def refunds_totals(refunds: QuerySet[Refund]) -> list[tuple[int, str]]:
    """Return the number and the amount of ``refunds`` that succeeded or are pending, per currency.

    Refunds of payments in another currency than ordered are not counted.
    """
    # Not a join, because PostgreSQL would read all payments.
    taken = Payment.objects.filter(pk=OuterRef("payment_id"), captured_amount__gt=0).order_by()
    given = refunds.exclude(status__in=KEPT_STATUSES)
    by_currency = given.values(currency=Subquery(taken.values("currency"))).order_by("currency")
    sums = by_currency.annotate(count=Count("pk"), total=Sum("amount"))
    return [
        (row["count"], format_amount(row["total"], row["currency"]))
        for row in sums
        if row["currency"]
    ]


def _seen(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    if may_view_all_payments(user):
        return rows
    return rows.filter(payment__in=visible_payments(user).order_by().values("pk"))
