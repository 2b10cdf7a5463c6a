"""A receipt as a file."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wagtail_payments.models import Payment
from wagtail_payments.services.receipts.issue import receipt_filename
from wagtail_payments.services.receipts.pdf import receipt_pdf

from .problems import not_found

PDF: dict[str, Any] = {
    "responses": {
        200: {"description": "The receipt's PDF.", "content": {"application/pdf": {"schema": {}}}}
    }
}
"""A file in OpenAPI 3.1: only its media type."""


def receipt_response(payment: Payment) -> HttpResponse:
    """Return the receipt of ``payment`` as a download. Raises ApiRefused if there is none."""
    receipt = getattr(payment, "receipt", None)
    if receipt is None:
        raise not_found(_("There is no receipt for this payment."))
    disposition = f'attachment; filename="{receipt_filename(receipt)}"'
    return HttpResponse(
        receipt_pdf(receipt),
        content_type="application/pdf",
        headers={"Content-Disposition": disposition},
    )
