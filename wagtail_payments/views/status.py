"""A payment's own page, and its receipt, for whoever holds the link. Nothing here says who paid."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..models import Payment
from ..selectors.payments import payment_instructions, payment_receipt_path, provider_is_manual
from ..selectors.status import payment_date_text, payment_status_text
from ..selectors.tokens import payment_by_token
from ..services.receipt_pdf import receipt_pdf
from ..services.receipts import receipt_filename
from ..tasks import ask_provider
from .decorators import public
from .links import private_link


@public
@private_link
@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Tell how a payment stands; while it isn't over, ask the provider once."""
    payment = _payment(token)
    if not payment.is_finished:
        payment = ask_provider(payment)
    context: dict[str, Any] = {
        "payment": payment,
        "text": payment_status_text(payment),
        "date": payment_date_text(payment),
        "manual": provider_is_manual(payment.provider),
        "instructions": payment_instructions(payment),
        "receipt_url": payment_receipt_path(payment),
        "api_url": reverse("wagtail_payments:api:payment", args=[token]),
    }
    return render(request, "wagtail_payments/status/status.html", context)


@public
@private_link
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Return the receipt as a PDF to keep; 404 while there is none."""
    payment = _payment(token)
    if not hasattr(payment, "receipt"):
        raise Http404
    disposition = f'attachment; filename="{receipt_filename(payment.receipt)}"'
    return HttpResponse(
        receipt_pdf(payment.receipt),
        content_type="application/pdf",
        headers={"Content-Disposition": disposition},
    )


def _payment(token: str) -> Payment:
    payment = payment_by_token(token)
    if payment is None:
        raise Http404
    return payment
