"""What staff have to do about single payments."""

from typing import Any

from django.db.models import F, QuerySet

from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import DisputeStatus, PaymentStatus
from wagtail_payments.models import Dispute, Payment
from wagtail_payments.permissions import may_view_all_payments, visible_payments
from wagtail_payments.selectors.payments.payments import provider_is_offline
from wagtail_payments.selectors.providers import live_or_current, of_current_modes

from .health import payments_to_review


def disputes_to_answer(user: Any) -> QuerySet[Dispute]:
    """Return the disputes that need a response and that ``user`` may see, the most urgent first."""
    waiting = live_or_current(Dispute.objects.filter(status=DisputeStatus.NEEDS_RESPONSE))
    return _of(user, waiting).select_related("payment").order_by(F("due_by").asc(nulls_last=True))


def payments_to_review_by(user: Any) -> QuerySet[Payment]:
    """Return the flagged payments that ``user`` may see."""
    flagged = payments_to_review()
    if may_view_all_payments(user):
        return flagged
    return flagged.filter(pk__in=visible_payments(user).order_by().values("pk"))


def orders_waiting(user: Any) -> QuerySet[Payment]:
    """Return the pending offline payments that ``user`` may see."""
    offline = [alias for alias in payments_conf().PROVIDERS if provider_is_offline(alias)]
    pending = Payment.objects.filter(status=PaymentStatus.PENDING, provider__in=offline)
    waiting = of_current_modes(pending)
    if may_view_all_payments(user):
        return waiting
    return waiting.filter(pk__in=visible_payments(user).order_by().values("pk"))


def _of(user: Any, disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    if may_view_all_payments(user):
        return disputes
    return disputes.filter(payment__in=visible_payments(user))
