"""A payment's status page and receipt, for the holder of the link. The page does not name the payer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from wagtail_payments.http.decorators import private_link, public
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.payments import (
    payment_instructions,
    payment_receipt_path,
    payment_status_path,
    provider_is_offline,
)
from wagtail_payments.selectors.payments.status import payment_date_text, payment_status_text
from wagtail_payments.selectors.payments.tokens import payment_by_token
from wagtail_payments.selectors.receipts.links import receipt_token_read, receipt_withheld
from wagtail_payments.services.payments.effects import receipt_link_queue
from wagtail_payments.services.receipts.issue import receipt_filename
from wagtail_payments.services.receipts.pdf import receipt_pdf
from wagtail_payments.tasks import ask_provider, enqueue_deliveries

_ASKED = "asked"
"""The query parameter after a new link was requested."""


@public
@private_link
@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Show the status of a payment; while it is unfinished, ask the provider once."""
    payment = _payment(token)
    if not payment.is_finished:
        payment = ask_provider(payment)
    context: dict[str, Any] = {
        "payment": payment,
        "text": payment_status_text(payment),
        "date": payment_date_text(payment),
        "offline": provider_is_offline(payment.provider),
        "instructions": payment_instructions(payment),
        "receipt_url": payment_receipt_path(payment, user_id=request.user.pk),
        "receipt_withheld": receipt_withheld(payment, user_id=request.user.pk),
        "link_asked": request.GET.get("link") == _ASKED,
        "token": token,
        "api_url": reverse("wagtail_payments:api:payment", args=[token]),
    }
    return render(request, "wagtail_payments/status/status.html", context)


@public
@private_link
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Return the receipt as a PDF download; 404 if there is none.

    After 30 days only the signed-in payer gets it; others are redirected to the status page.
    """
    payment = _payment(token)
    if receipt_withheld(payment, user_id=request.user.pk):
        return HttpResponseRedirect(payment_status_path(payment))
    return _pdf(payment)


@public
@private_link
@require_safe
def emailed_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Return the receipt of an emailed link; an expired link redirects to the status page."""
    link = receipt_token_read(token)
    if link is None:
        raise Http404
    if link.expired:
        return HttpResponseRedirect(payment_status_path(link.payment))
    return _pdf(link.payment)


@public
@private_link
@require_POST
def receipt_link(request: HttpRequest, token: str) -> HttpResponse:
    """Email the payer a new receipt link. The answer is the same if that is not possible."""
    payment = _payment(token)
    enqueue_deliveries(receipt_link_queue(payment))
    location = f"{payment_status_path(payment)}?link={_ASKED}"
    return HttpResponse(status=303, headers={"Location": location})


def _pdf(payment: Payment) -> HttpResponse:
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
