"""What one payment's page says beside its own facts: what comes next, where it was sold, what else was."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from ..models import Payment
from ..money import format_amount
from ..permissions import may_receive, may_see_payer
from ..selectors.net import payment_net, payments_disputed
from ..selectors.next_steps import ACTION_LABELS, payment_next_steps
from ..selectors.payments import payment_actions
from ..selectors.placements import payment_placement
from ..selectors.related import payments_related
from ..selectors.status import payment_date_text
from .screens import admin_media

_MOST_RELATED = 5


def payment_story(payment: Payment, user: Any) -> dict[str, Any]:
    """Return the context of these parts for ``user``, who may see ``payment``."""
    may = may_receive(user, payment)
    related = payments_related(payment, user)
    return {
        "media": admin_media(),
        **_amounts_left(payment),
        "paid_on": payment_date_text(payment) if payment.is_paid else "",
        "next_steps": [
            {
                "text": step.text,
                "action": step.action if may else "",
                "label": ACTION_LABELS.get(step.action, ""),
                "url": _url(payment, step.action) if step.action else "",
            }
            for step in payment_next_steps(payment)
        ],
        "ask_url": _url(payment, "ask") if may and "ask" in payment_actions(payment) else "",
        "placement": payment_placement(payment, user),
        "related": list(related[:_MOST_RELATED]),
        "related_url": _all_of(payment) if may_see_payer(user, payment) else "",
    }


def _amounts_left(payment: Payment) -> dict[str, str]:
    """Return what is disputed and what is left in words, empty where there is nothing to say."""
    this = Payment.objects.filter(pk=payment.pk)
    disputed = payments_disputed(this).get(payment.pk, 0)
    net = payment_net(payment, disputed)
    return {
        "disputed": format_amount(disputed, payment.currency) if disputed else "",
        "net": "" if net is None else format_amount(net, payment.currency),
    }


def _url(payment: Payment, action: str) -> str:
    return reverse(f"wagtail_payments_payment:{action}", args=[payment.pk])


def _all_of(payment: Payment) -> str:
    """Return the list of all that was paid from this address."""
    if not payment.payer_email:
        return ""
    query = urlencode({"q": payment.payer_email})
    return f"{reverse('wagtail_payments_payment:index')}?{query}"
