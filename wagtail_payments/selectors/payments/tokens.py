"""Signed texts that the public holds: a link to one payment, and the place of a block.

``Signer`` gives the same text every time, so that a block's HTML can be cached for everybody.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from wagtail_payments.models import Payment

_PAYMENT_SALT = "wagtail_payments.payment"
_PLACEMENT_SALT = "wagtail_payments.placement"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a block stood when it was shown, what it sold, and through whom ("": as usual)."""

    page_id: int | None
    revision_id: int | None
    product_id: int
    provider: str = ""


def payment_token(payment: Payment) -> str:
    """Return the unguessable name of ``payment`` in public addresses. It opens no other payment."""
    return signing.Signer(salt=_PAYMENT_SALT).sign(payment.public_id.hex)


def payment_by_token(token: str) -> Payment | None:
    """Return the payment that ``token`` opens, None when the token isn't ours."""
    try:
        public_id = UUID(signing.Signer(salt=_PAYMENT_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Payment.objects.filter(public_id=public_id).first()


def placement_token(
    *, page_id: int | None, revision_id: int | None, product_id: int, provider: str = ""
) -> str:
    """Return the signed placement that a rendered block carries."""
    fields = [page_id, revision_id, product_id, provider]
    return signing.Signer(salt=_PLACEMENT_SALT).sign_object(fields)


def placement_read(token: str) -> Placement | None:
    """Return what a block's token says, None when the token isn't ours."""
    try:
        return Placement(*signing.Signer(salt=_PLACEMENT_SALT).unsign_object(token))
    except (signing.BadSignature, ValueError, TypeError):
        return None
