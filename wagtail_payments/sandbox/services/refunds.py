"""Refunds: one per idempotency key, and never more than was paid."""

from django.db import transaction
from django.db.models import Sum

from wagtail_payments.providers.exceptions import ProviderRefused, ReferenceUnknown
from wagtail_payments.providers.types import RefundRequest
from wagtail_payments.sandbox.enums import EventType, SessionState
from wagtail_payments.sandbox.models import Refund, Session

from .events import event_add
from .ids import new_reference


def refund_make(*, provider: str, request: RefundRequest) -> Refund:
    """Refund money, or return the refund of the same key.

    Raises ReferenceUnknown, or ProviderRefused if less is left.
    """
    sessions = Session.objects.filter(provider=provider)
    with transaction.atomic():
        session = (
            sessions.select_for_update().filter(payment_reference=request.payment_reference).first()
        )
        if session is None:
            raise ReferenceUnknown("The sandbox has no such payment.")
        made = session.refunds.filter(idempotency_key=request.idempotency_key).first()
        return _same(made, request) if made else _make(session, request)


def _same(refund: Refund, request: RefundRequest) -> Refund:
    if (refund.amount, refund.metadata) != (request.amount, dict(request.metadata)):
        raise ProviderRefused("This idempotency key was used with another request.")
    return refund


def _make(session: Session, request: RefundRequest) -> Refund:
    given = session.refunds.aggregate(total=Sum("amount"))["total"] or 0
    if session.state != SessionState.SUCCEEDED or session.currency != request.currency:
        raise ProviderRefused("This payment cannot be refunded.")
    if not 1 <= request.amount <= session.amount - given:
        raise ProviderRefused("Less than that is left to refund.")
    refund = Refund.objects.create(
        session=session,
        reference=new_reference("re"),
        idempotency_key=request.idempotency_key,
        amount=request.amount,
        reason=request.reason,
        metadata=dict(request.metadata),
    )
    event_add(session=session, type=EventType.REFUND_CREATED)
    return refund
