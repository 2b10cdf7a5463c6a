"""The payments that a visitor's browser session has started."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest

from wagtail_payments.models import Payment

_KEY = "wagtail_payments"
_MOST = 20


def payments_seen(request: HttpRequest) -> list[UUID]:
    """Return the transaction ids of the payments that this browser started."""
    found = []
    for text in request.session.get(_KEY, []):
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def payment_remember(request: HttpRequest, payment: Payment) -> None:
    """Store in the session that this browser started ``payment``."""
    seen = [text for text in request.session.get(_KEY, []) if text != payment.public_id.hex]
    request.session[_KEY] = [*seen, payment.public_id.hex][-_MOST:]
