"""Receipts and credit notes: found by number or payer, downloaded, mailed again."""

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

RECEIPT, NOTE = "wagtail_payments_receipt", "wagtail_payments_creditnote"


class ReceiptIndexView(ReceiptDocumentIndexView):
    """All receipts of payments that this user may see."""

    def get_base_queryset(self) -> QuerySet[Receipt]:
        """Return them."""
        return visible_receipts(self.request.user)


class CreditNoteIndexView(ReceiptDocumentIndexView):
    """All credit notes of payments that this user may see."""

    def get_base_queryset(self) -> QuerySet[CreditNote]:
        """Return them."""
        return visible_credit_notes(self.request.user)


def receipt_download(request: HttpRequest, pk: int) -> FileResponse:
    """Let staff download a receipt of a payment that they may see; it names the payer."""
    receipts = visible_receipts(request.user).select_related("payment", "series")
    receipt = get_object_or_404(receipts, pk=pk)
    return _download(request, receipt, receipt_pdf, receipt_filename(receipt))


def credit_note_download(request: HttpRequest, pk: int) -> FileResponse:
    """Let staff download a credit note of a payment that they may see; it names the payer."""
    notes = visible_credit_notes(request.user).select_related("payment", "series")
    note = get_object_or_404(notes, pk=pk)
    return _download(request, note, credit_note_pdf, credit_note_filename(note))


class ReceiptDocumentResendView(DeliveryConfirmView):
    """A receipt or credit note once more by e-mail."""

    page_title = _("Send again")
    explanation = _("The mail goes to the payer once more, with the same PDF.")

    def get_page_subtitle(self) -> str:
        """Say which."""
        return str(self.document)

    @cached_property
    def document(self) -> ReceiptDocument:
        """Return the paper, which has to belong to a payment that this user may see."""
        raise NotImplementedError

    def deliveries(self) -> QuerySet[Delivery]:
        """Return the mail that it was sent with."""
        raise NotImplementedError

    def perform(self) -> None:
        """Send it, if there ever was a mail."""
        self.resend(self.deliveries())


class ReceiptResendView(ReceiptDocumentResendView):
    """A receipt."""

    index_url_name = f"{RECEIPT}:index"
    index_label = _("Receipts")

    @cached_property
    def document(self) -> Receipt:
        """Return the receipt."""
        return get_object_or_404(visible_receipts(self.request.user), pk=self.kwargs["pk"])

    def deliveries(self) -> QuerySet[Delivery]:
        """Return its mail."""
        emails = Delivery.objects.filter(kind=DeliveryKind.RECEIPT_EMAIL)
        return emails.filter(payment=self.document.payment_id)


class CreditNoteResendView(ReceiptDocumentResendView):
    """A credit note."""

    index_url_name = f"{NOTE}:index"
    index_label = _("Credit notes")

    @cached_property
    def document(self) -> CreditNote:
        """Return the note."""
        notes = visible_credit_notes(self.request.user).select_related("payment", "refund")
        return get_object_or_404(notes, pk=self.kwargs["pk"])

    def deliveries(self) -> QuerySet[Delivery]:
        """Return its mail."""
        emails = Delivery.objects.filter(kind=DeliveryKind.CREDIT_NOTE_EMAIL)
        occurrence = credit_note_occurrence(self.document.refund, self.document.turn)
        return emails.filter(key=delivery_key(self.document.payment, occurrence))


class ReceiptViewSet(ReadOnlyViewSet):
    """Receipts."""

    model = Receipt
    name = RECEIPT
    url_prefix = "payments/receipts"
    icon = "receipt"
    menu_label = _("Receipts")
    index_view_class = ReceiptIndexView
    filterset_class = ReceiptFilterSet
    list_display = document_columns(RECEIPT)

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with a receipt."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pdf/", receipt_download, name="pdf"),
            path("<int:pk>/resend/", ReceiptResendView.as_view(), name="resend"),
        ]


class CreditNoteViewSet(ReadOnlyViewSet):
    """Credit notes."""

    model = CreditNote
    name = NOTE
    url_prefix = "payments/credit-notes"
    icon = "resubmit"
    menu_label = _("Credit notes")
    index_view_class = CreditNoteIndexView
    filterset_class = CreditNoteFilterSet
    list_display = [
        *document_columns(NOTE)[:1],
        Column("kind", label=_("What"), accessor="get_kind_display"),
        *document_columns(NOTE)[1:],
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with a credit note."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pdf/", credit_note_download, name="pdf"),
            path("<int:pk>/resend/", CreditNoteResendView.as_view(), name="resend"),
        ]


def _download(
    request: HttpRequest, document: Any, draw: Callable[[Any], bytes], filename: str
) -> FileResponse:
    if not may_see_payer(request.user, document.payment):
        raise PermissionDenied
    return FileResponse(BytesIO(draw(document)), as_attachment=True, filename=filename)
