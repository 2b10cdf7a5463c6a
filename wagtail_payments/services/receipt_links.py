"""A new link to a receipt, for whoever comes with a payment's old one."""

from django.utils import timezone

from ..enums import DeliveryKind
from ..models import Payment
from ..selectors.receipt_links import receipt_withheld
from .deliveries import deliveries_add


def receipt_link_owe(payment: Payment) -> list[int]:
    """Owe the payer a mail with a new link, once an hour; return the delivery's id in a list.

    Nothing is owed where there is no address, no receipt, or the payment's own link still gives it.
    """
    if not payment.payer_email or not receipt_withheld(payment):
        return []
    return deliveries_add(
        payment, {DeliveryKind.RECEIPT_LINK_MAIL: f"{timezone.now():%Y-%m-%dT%H}"}
    )
