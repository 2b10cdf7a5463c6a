"""Signed public tokens: links to payments, and placements of blocks.

``Signer`` gives the same text every time, so that a block's HTML can be cached.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from wagtail_payments.models import Payment

_PAYMENT_SALT = "wagtail_payments.payment"
_PLACEMENT_SALT = "wagtail_payments.placement"


@dataclass(frozen=True, slots=True)
class Placement:
    """The page and product of a rendered block, and its provider, "" for the site's default."""

    page_id: int | None
    revision_id: int | None
    product_id: int
    provider: str = ""


def payment_token(payment: Payment) -> str:
    """Return the unguessable token of ``payment`` in public URLs."""
    return signing.Signer(salt=_PAYMENT_SALT).sign(payment.public_id.hex)


def payment_by_token(token: str) -> Payment | None:
    """Return the payment of ``token``, None if the token is not valid."""
    try:
        public_id = UUID(signing.Signer(salt=_PAYMENT_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Payment.objects.filter(public_id=public_id).first()


def placement_token(
    *, page_id: int | None, revision_id: int | None, product_id: int, provider: str = ""
) -> str:
    """Return the signed placement of a rendered block."""
    fields = [page_id, revision_id, product_id, provider]
    return signing.Signer(salt=_PLACEMENT_SALT).sign_object(fields)


def placement_read(token: str) -> Placement | None:
    """Return the placement in ``token``, None if the token is not valid."""
    try:
        return Placement(*signing.Signer(salt=_PLACEMENT_SALT).unsign_object(token))
    except (signing.BadSignature, ValueError, TypeError):
        return None
