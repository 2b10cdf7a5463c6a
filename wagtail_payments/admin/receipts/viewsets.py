"""Receipts and refund notes: found by number or payer, downloaded, mailed again."""

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
from wagtail_payments.models import Delivery, Receipt, RefundNote
from wagtail_payments.permissions import may_see_payer, visible_receipts, visible_refund_notes
from wagtail_payments.services.receipts.credit_notes import (
    refund_note_filename,
    refund_note_occurrence,
)
from wagtail_payments.services.receipts.issue import receipt_filename
from wagtail_payments.services.receipts.pdf import receipt_pdf, refund_note_pdf

from .listing import Paper, PaperIndexView, ReceiptFilterSet, RefundNoteFilterSet, paper_columns

RECEIPT, NOTE = "wagtail_payments_receipt", "wagtail_payments_refundnote"


class ReceiptIndexView(PaperIndexView):
    """All receipts of payments that this user may see."""

    def get_base_queryset(self) -> QuerySet[Receipt]:
        """Return them."""
        return visible_receipts(self.request.user)


class RefundNoteIndexView(PaperIndexView):
    """All refund notes of payments that this user may see."""

    def get_base_queryset(self) -> QuerySet[RefundNote]:
        """Return them."""
        return visible_refund_notes(self.request.user)


def receipt_download(request: HttpRequest, pk: int) -> FileResponse:
    """Let staff download a receipt of a payment that they may see; it names the payer."""
    receipts = visible_receipts(request.user).select_related("payment", "series")
    receipt = get_object_or_404(receipts, pk=pk)
    return _download(request, receipt, receipt_pdf, receipt_filename(receipt))


def refund_note_download(request: HttpRequest, pk: int) -> FileResponse:
    """Let staff download a refund note of a payment that they may see; it names the payer."""
    notes = visible_refund_notes(request.user).select_related("payment", "series")
    note = get_object_or_404(notes, pk=pk)
    return _download(request, note, refund_note_pdf, refund_note_filename(note))


class PaperResendView(DeliveryConfirmView):
    """A receipt or refund note once more by e-mail."""

    page_title = _("Send again")
    explanation = _("The mail goes to the payer once more, with the same PDF.")

    def get_page_subtitle(self) -> str:
        """Say which."""
        return str(self.paper)

    @cached_property
    def paper(self) -> Paper:
        """Return the paper, which has to belong to a payment that this user may see."""
        raise NotImplementedError

    def deliveries(self) -> QuerySet[Delivery]:
        """Return the mail that it was sent with."""
        raise NotImplementedError

    def do(self) -> None:
        """Send it, if there ever was a mail."""
        self.resend(self.deliveries())


class ReceiptResendView(PaperResendView):
    """A receipt."""

    index_url_name = f"{RECEIPT}:index"
    index_label = _("Receipts")

    @cached_property
    def paper(self) -> Receipt:
        """Return the receipt."""
        return get_object_or_404(visible_receipts(self.request.user), pk=self.kwargs["pk"])

    def deliveries(self) -> QuerySet[Delivery]:
        """Return its mail."""
        mails = Delivery.objects.filter(kind=DeliveryKind.RECEIPT_MAIL)
        return mails.filter(payment=self.paper.payment_id)


class RefundNoteResendView(PaperResendView):
    """A refund note."""

    index_url_name = f"{NOTE}:index"
    index_label = _("Refund notes")

    @cached_property
    def paper(self) -> RefundNote:
        """Return the note."""
        notes = visible_refund_notes(self.request.user).select_related("refund")
        return get_object_or_404(notes, pk=self.kwargs["pk"])

    def deliveries(self) -> QuerySet[Delivery]:
        """Return its mail."""
        mails = Delivery.objects.filter(kind=DeliveryKind.REFUND_MAIL)
        occurrence = refund_note_occurrence(self.paper.refund, self.paper.turn)
        return mails.filter(payment=self.paper.payment_id, occurrence=occurrence)


class ReceiptViewSet(ReadOnlyViewSet):
    """Receipts."""

    model = Receipt
    name = RECEIPT
    url_prefix = "payments/receipts"
    icon = "receipt"
    menu_label = _("Receipts")
    index_view_class = ReceiptIndexView
    filterset_class = ReceiptFilterSet
    list_display = paper_columns(RECEIPT)

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with a receipt."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pdf/", receipt_download, name="pdf"),
            path("<int:pk>/resend/", ReceiptResendView.as_view(), name="resend"),
        ]


class RefundNoteViewSet(ReadOnlyViewSet):
    """Refund notes."""

    model = RefundNote
    name = NOTE
    url_prefix = "payments/refund-notes"
    icon = "resubmit"
    menu_label = _("Refund notes")
    index_view_class = RefundNoteIndexView
    filterset_class = RefundNoteFilterSet
    list_display = [
        *paper_columns(NOTE)[:1],
        Column("kind", label=_("What"), accessor="get_kind_display"),
        *paper_columns(NOTE)[1:],
    ]

    def get_urlpatterns(self) -> list[Any]:
        """Add what can be done with a refund note."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pdf/", refund_note_download, name="pdf"),
            path("<int:pk>/resend/", RefundNoteResendView.as_view(), name="resend"),
        ]


def _download(
    request: HttpRequest, paper: Any, draw: Callable[[Any], bytes], filename: str
) -> FileResponse:
    if not may_see_payer(request.user, paper.payment):
        raise PermissionDenied
    return FileResponse(BytesIO(draw(paper)), as_attachment=True, filename=filename)
