"""Operations for software of staff with an API token, within the owner's permissions."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from wagtail_payments.api.schemas.base import Limit, Page
from wagtail_payments.api.schemas.problems import problems
from wagtail_payments.api.schemas.staff import (
    StaffPaymentFilters,
    StaffPaymentOut,
    StaffPaymentsOut,
    StaffProductsOut,
)
from wagtail_payments.conf import payments_conf
from wagtail_payments.enums import ApiScope
from wagtail_payments.exceptions import ApiRefused
from wagtail_payments.models import ApiToken, Payment
from wagtail_payments.permissions import (
    exportable_payments,
    may_see_payer,
    product_policy,
    visible_payments,
)
from wagtail_payments.selectors.payments.payments import payments_filter
from wagtail_payments.services.audit.log import PAYERS_SEEN, audit

from .auth import TokenAuth, require_scope
from .pagination import paged
from .pdf import PDF, receipt_response
from .problems import not_found
from .staff_serializers import staff_payment_out, staff_product_out

router = Router(tags=["Staff"])

PaymentId = Annotated[UUID, Path(description="The transaction id.")]


@router.get(
    "payments/",
    auth=TokenAuth(ApiScope.READ_PAYMENTS),
    response={200: StaffPaymentsOut, **problems(401, 403, 422)},
    url_name="staff_payments",
    operation_id="staff_payments",
    summary="Payments",
)
def staff_payments(
    request: HttpRequest, filters: Query[StaffPaymentFilters], page: Page = 1, limit: Limit = 50
) -> dict[str, Any]:
    """List the payments that the token's owner may export. Needs the scope `payments:read`."""
    token = _token(request)
    payments = payments_filter(exportable_payments(token.user), **filters.dict())
    rows = payments.select_related("receipt")
    return paged(rows, page, limit, partial(staff_payment_out, token=token))


@router.get(
    "payments/{uuid:payment_id}/",
    auth=TokenAuth(ApiScope.READ_PAYMENTS),
    response={200: StaffPaymentOut, **problems(401, 403, 404)},
    url_name="staff_payment",
    operation_id="staff_payment",
    summary="One payment",
)
def staff_payment(request: HttpRequest, payment_id: PaymentId) -> StaffPaymentOut:
    """Return one payment that the token's owner may see. Needs the scope `payments:read`."""
    token = _token(request)
    payment = _payment(token, payment_id)
    shown = staff_payment_out(payment, token=token)
    if not shown.payer.hidden:
        _note_payer_seen(payment, token)
    return shown


@router.get(
    "payments/{uuid:payment_id}/receipt/",
    auth=TokenAuth(ApiScope.READ_RECEIPTS),
    response={200: None, **problems(401, 403, 404)},
    url_name="staff_receipt",
    operation_id="staff_receipt",
    summary="A payment's receipt",
    openapi_extra=PDF,
)
def staff_receipt(request: HttpRequest, payment_id: PaymentId) -> HttpResponse:
    """Return the receipt as a PDF. It names the payer: needs `receipts:read` and `payers:read`."""
    token = _token(request)
    require_scope(token, ApiScope.READ_PAYERS)
    payment = _payment(token, payment_id)
    if not may_see_payer(token.user, payment):
        raise ApiRefused("payer_hidden", _("The token's owner may not see payers."))
    response = receipt_response(payment)
    _note_payer_seen(payment, token)
    return response


@router.get(
    "products/",
    auth=TokenAuth(ApiScope.READ_PRODUCTS),
    response={200: StaffProductsOut, **problems(401, 403, 422)},
    url_name="staff_products",
    operation_id="staff_products",
    summary="Products",
)
def staff_products(request: HttpRequest, page: Page = 1, limit: Limit = 50) -> dict[str, Any]:
    """List the products that the token's owner may see. Needs the scope `products:read`."""
    products = product_policy.instances_user_has_any_permission_for(
        _token(request).user, {"view", "change", "choose"}
    )
    rows = products.select_related("locale").prefetch_related("prices").order_by("name", "pk")
    return paged(rows, page, limit, staff_product_out)


def _token(request: HttpRequest) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token


def _note_payer_seen(payment: Payment, token: ApiToken) -> None:
    if payments_conf().LOG_PERSONAL_DATA_VIEWS:
        audit(payment, PAYERS_SEEN, actor=token.user, token=token.prefix)


def _payment(token: ApiToken, payment_id: UUID) -> Payment:
    payments = visible_payments(token.user).select_related("receipt")
    payment = payments.filter(public_id=payment_id).first()
    if payment is None:
        raise not_found(_("There is no such payment."))
    return payment
