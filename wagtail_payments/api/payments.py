"""The state of payments, for holders of their links and for the users who made them."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Status

from wagtail_payments.api.schemas.base import Limit, Page, Token
from wagtail_payments.api.schemas.payments import HistoryOut, PaymentOut, ReceiptLinkOut
from wagtail_payments.api.schemas.problems import problems
from wagtail_payments.exceptions import ApiRefused
from wagtail_payments.models import Payment
from wagtail_payments.selectors.payments.payments import payments_of_user
from wagtail_payments.selectors.payments.tokens import payment_by_token
from wagtail_payments.selectors.receipts.links import receipt_withheld
from wagtail_payments.services.payments.effects import receipt_link_queue
from wagtail_payments.tasks import ask_provider, enqueue_deliveries

from .auth import SessionAuth, require_csrf
from .pagination import paged
from .pdf import PDF, receipt_response
from .problems import not_found
from .serializers import payment_out

router = Router(tags=["Payments"])


@router.get(
    "payments/{token}/",
    response={200: PaymentOut, **problems(404)},
    url_name="payment",
    operation_id="payment",
    summary="How a payment stands",
)
def payment_status(request: HttpRequest, token: Token) -> PaymentOut:
    """Return the state of a payment from the site's database."""
    return payment_out(_payment(token), user_id=request.user.pk)


@router.post(
    "payments/{token}/refresh/",
    response={200: PaymentOut, **problems(403, 404, 413)},
    url_name="refresh",
    operation_id="payment_refresh",
    summary="How a payment stands at its provider",
)
def payment_refresh(request: HttpRequest, token: Token) -> PaymentOut:
    """Refresh a payment from the provider, so that the visitor does not wait for the webhook."""
    require_csrf(request)
    payment = _payment(token)
    if not payment.is_finished:
        payment = ask_provider(payment)
    return payment_out(payment, user_id=request.user.pk)


@router.get(
    "payments/{token}/receipt/",
    response={200: None, **problems(403, 404)},
    url_name="payment_receipt",
    operation_id="payment_receipt",
    summary="A payment's receipt",
    openapi_extra=PDF,
)
def payment_receipt(request: HttpRequest, token: Token) -> HttpResponse:
    """Return the receipt as a PDF; 404 if there is none. After 30 days only the signed-in payer gets it."""
    payment = _payment(token)
    if receipt_withheld(payment, user_id=request.user.pk):
        message = _("This link gives the receipt for 30 days only. Request a new link by email.")
        raise ApiRefused("receipt_link_expired", message)
    return receipt_response(payment)


@router.post(
    "payments/{token}/receipt-link/",
    response={202: ReceiptLinkOut, **problems(403, 404, 413, 415)},
    url_name="payment_receipt_link",
    operation_id="payment_receipt_link",
    summary="Mail a new link to a payment's receipt",
)
def payment_receipt_link(request: HttpRequest, token: Token) -> Status[ReceiptLinkOut]:
    """Email the payer a new link, at most one per hour. The answer is the same if that is not possible."""
    require_csrf(request)
    enqueue_deliveries(receipt_link_queue(_payment(token)))
    message = _(
        "If we know an e-mail address for this payment, a new link to the receipt is on its way to it. "
        "We send one an hour at most."
    )
    return Status(202, ReceiptLinkOut(message=message))


@router.get(
    "history/",
    auth=SessionAuth(),
    response={200: HistoryOut, **problems(403, 422)},
    url_name="payment_history",
    operation_id="history",
    summary="The visitor's own payments",
)
def history(request: HttpRequest, page: Page = 1, limit: Limit = 20) -> dict[str, Any]:
    """List the payments that this user made while signed in, newest first."""
    present = partial(payment_out, user_id=request.user.pk)
    return paged(payments_of_user(request.user), page, limit, present)


def _payment(token: str) -> Payment:
    payment = payment_by_token(token)
    if payment is None:
        raise not_found(_("There is no such payment."))
    return payment
