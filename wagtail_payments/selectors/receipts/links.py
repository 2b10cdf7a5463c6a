"""Who can get a receipt by a link, and for how long: the PDF names the payer.

A payment's own link never expires, and gives the receipt for 30 days after its issue. The link that
is emailed on request has a token of its own, and gives it for 30 days from then. A payer who was
signed in can always get it.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.utils import timezone

from wagtail_payments.models import Payment

RECEIPT_LINK_AGE = timedelta(days=30)

_SALT = "wagtail_payments.receipt_link"


@dataclass(frozen=True, slots=True)
class EmailedLink:
    """The content of an emailed link's token."""

    payment: Payment
    expired: bool


def receipt_given(payment: Payment, *, user_id: int | None = None) -> bool:
    """Tell whether the payment's own link gives the receipt to the user of this id (None: no user)."""
    return hasattr(payment, "receipt") and not receipt_withheld(payment, user_id=user_id)


def receipt_withheld(payment: Payment, *, user_id: int | None = None) -> bool:
    """Tell whether there is a receipt that the payment's own link no longer gives to this user."""
    if not hasattr(payment, "receipt") or _paid_by(payment, user_id):
        return False
    return bool(payment.receipt.issued_at <= timezone.now() - RECEIPT_LINK_AGE)


def receipt_token(payment: Payment) -> str:
    """Return the token of a link that is emailed now."""
    return signing.TimestampSigner(salt=_SALT).sign(payment.public_id.hex)


def receipt_token_read(token: str) -> EmailedLink | None:
    """Return the content of ``token``, None if it is not valid."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        public_id = UUID(signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    payment = Payment.objects.select_related("receipt").filter(public_id=public_id).first()
    return EmailedLink(payment, expired=_expired(signer, token)) if payment else None


def _expired(signer: signing.TimestampSigner, token: str) -> bool:
    try:
        signer.unsign(token, max_age=RECEIPT_LINK_AGE)
    except signing.SignatureExpired:
        return True
    return False


def _paid_by(payment: Payment, user_id: int | None) -> bool:
    return payment.payer_id is not None and payment.payer_id == user_id
