"""Other payments of the same payer."""

from typing import Any

from django.db.models import Q, QuerySet

from wagtail_payments.models import Payment
from wagtail_payments.permissions import may_see_payer, payments_with_payer, visible_payments


def payments_related(payment: Payment, user: Any) -> QuerySet[Payment]:
    """Return the payer's other payments, newest first, whose payers ``user`` may see.

    The same payer is the same signed-in user, or the same email address.
    """
    if not may_see_payer(user, payment):
        return Payment.objects.none()
    same = Q(pk__in=[])
    if payment.email_key:
        same |= Q(email_key=payment.email_key)
    if payment.payer_id:
        same |= Q(payer=payment.payer_id)
    known = visible_payments(user).filter(same, payments_with_payer(user), mode=payment.mode)
    return known.exclude(pk=payment.pk).order_by("-created_at", "-id")
