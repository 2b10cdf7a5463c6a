"""The lists of receipts and credit notes, with downloads and resending."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail.admin.ui.tables import Column

from wagtail_payments.admin.deliveries import DeliveryConfirmView
from wagtail_payments.admin.generic.listing import ReadOnlyViewSet
from wagtail_payments.enums import DeliveryKind
from wagtail_payments.models import CreditNote, Delivery, Receipt
from wagtail_payments.models.deliveries import delivery_key
from wagtail_payments.permissions import may_see_payer, visible_credit_notes, visible_receipts
from wagtail_payments.services.receipts.credit_notes import (
    credit_note_filename,
    credit_note_occurrence,
)
from wagtail_payments.services.receipts.issue import receipt_filename
from wagtail_payments.services.receipts.pdf import credit_note_pdf, receipt_pdf

from .listing import (
    CreditNoteFilterSet,
    ReceiptDocument,
    ReceiptDocumentIndexView,
    ReceiptFilterSet,
    document_columns,
)

RECEIPT, CREDIT_NOTE = "wagtail_payments_receipt", "wagtail_payments_creditnote"


class ReceiptIndexView(ReceiptDocumentIndexView):
    """The receipts of payments that the user can see."""

    @override
    def get_base_queryset(self) -> QuerySet[Receipt]:
        return visible_receipts(self.request.user)


class CreditNoteIndexView(ReceiptDocumentIndexView):
    """The credit notes of payments that the user can see."""

    @override
    def get_base_queryset(self) -> QuerySet[CreditNote]:
        return visible_credit_notes(self.request.user)


def receipt_download(request: HttpRequest, pk: int) -> FileResponse:
    """Return a receipt as a PDF, to users who can see the payment and its payer."""
    receipts = visible_receipts(request.user).select_related("payment", "series")
    receipt = get_object_or_404(receipts, pk=pk)
    return _download(request, receipt, receipt_pdf, receipt_filename(receipt))


def credit_note_download(request: HttpRequest, pk: int) -> FileResponse:
    """Return a credit note as a PDF, to users who can see the payment and its payer."""
    notes = visible_credit_notes(request.user).select_related("payment", "series")
    note = get_object_or_404(notes, pk=pk)
    return _download(request, note, credit_note_pdf, credit_note_filename(note))


class ReceiptDocumentResendView(DeliveryConfirmView):
    """Sends a receipt or credit note again by email."""

    page_title = _("Send again")
    explanation = _("The email is sent to the payer again, with the same PDF.")

    @override
    def get_page_subtitle(self) -> str:
        return str(self.document)

    @cached_property
    def document(self) -> ReceiptDocument:
        """The document of a payment that the user can see. Raises Http404."""
        raise NotImplementedError

    def deliveries(self) -> QuerySet[Delivery]:
        """Return the deliveries with the document's email."""
        raise NotImplementedError

    @override
    def perform(self) -> None:
        self.resend(self.deliveries())


class ReceiptResendView(ReceiptDocumentResendView):
    """Sends a receipt again."""

    index_url_name = f"{RECEIPT}:index"
    index_label = _("Receipts")

    @cached_property
    @override
    def document(self) -> Receipt:
        return get_object_or_404(visible_receipts(self.request.user), pk=self.kwargs["pk"])

    @override
    def deliveries(self) -> QuerySet[Delivery]:
        emails = Delivery.objects.filter(kind=DeliveryKind.RECEIPT_EMAIL)
        return emails.filter(payment=self.document.payment_id)


class CreditNoteResendView(ReceiptDocumentResendView):
    """Sends a credit note again."""

    index_url_name = f"{CREDIT_NOTE}:index"
    index_label = _("Credit notes")

    @cached_property
    @override
    def document(self) -> CreditNote:
        notes = visible_credit_notes(self.request.user).select_related("payment", "refund")
        return get_object_or_404(notes, pk=self.kwargs["pk"])

    @override
    def deliveries(self) -> QuerySet[Delivery]:
        emails = Delivery.objects.filter(kind=DeliveryKind.CREDIT_NOTE_EMAIL)
        occurrence = credit_note_occurrence(self.document.refund, self.document.turn)
        return emails.filter(key=delivery_key(self.document.payment, occurrence))


class ReceiptViewSet(ReadOnlyViewSet):
    """The list of receipts and its actions."""

    model = Receipt
    name = RECEIPT
    url_prefix = "payments/receipts"
    icon = "receipt"
    menu_label = _("Receipts")
    index_view_class = ReceiptIndexView
    filterset_class = ReceiptFilterSet
    list_display = document_columns(RECEIPT)

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pdf/", receipt_download, name="pdf"),
            path("<int:pk>/resend/", ReceiptResendView.as_view(), name="resend"),
        ]


class CreditNoteViewSet(ReadOnlyViewSet):
    """The list of credit notes and its actions."""

    model = CreditNote
    name = CREDIT_NOTE
    url_prefix = "payments/credit-notes"
    icon = "resubmit"
    menu_label = _("Credit notes")
    index_view_class = CreditNoteIndexView
    filterset_class = CreditNoteFilterSet
    list_display = [
        *document_columns(CREDIT_NOTE)[:1],
        Column("kind", label=_("Type"), accessor="get_kind_display"),
        *document_columns(CREDIT_NOTE)[1:],
    ]

    @override
    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pdf/", credit_note_download, name="pdf"),
            path("<int:pk>/resend/", CreditNoteResendView.as_view(), name="resend"),
        ]


def _download(
    request: HttpRequest, document: Any, render: Callable[[Any], bytes], filename: str
) -> FileResponse:
    if not may_see_payer(request.user, document.payment):
        raise PermissionDenied
    return FileResponse(BytesIO(render(document)), as_attachment=True, filename=filename)
