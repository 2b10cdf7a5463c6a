"""The emails about a payment, to its payer and to staff."""

from email.utils import parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from wagtail_payments.enums import CreditNoteKind
from wagtail_payments.models import Delivery, Payment
from wagtail_payments.selectors.payments.payments import payment_seller, payment_status_path
from wagtail_payments.selectors.receipts.links import RECEIPT_LINK_AGE, receipt_token
from wagtail_payments.services.emails import Attachment, email_send
from wagtail_payments.services.receipts.credit_notes import (
    credit_note_filename,
    credit_note_of,
    credit_note_view,
)
from wagtail_payments.services.receipts.issue import receipt_filename, receipt_view
from wagtail_payments.services.receipts.pdf import credit_note_pdf, receipt_pdf

_PDF = "application/pdf"


def receipt_email_send(delivery: Delivery) -> None:
    """Send a payment's receipt to its payer, in the payer's language, with the PDF attached."""
    payment, receipt = delivery.owner, delivery.owner.receipt
    pdf: Attachment = (receipt_filename(receipt), receipt_pdf(receipt), _PDF)
    with translation.override(receipt.language):
        context = {"receipt": receipt_view(receipt), "payment": payment}
    email_send(
        "receipt",
        context,
        language=receipt.language,
        to=payment.payer_email,
        reply_to=receipt.data["seller"]["email"],
        message_id=_message_id("receipt", delivery),
        attachments=[pdf],
    )


def credit_note_email_send(delivery: Delivery) -> None:
    """Send the payer the credit note of a refund, or its cancellation, with the PDF attached."""
    payment, note = delivery.owner, credit_note_of(delivery)
    canceled = note.kind == CreditNoteKind.CANCELLATION
    pdf: Attachment = (credit_note_filename(note), credit_note_pdf(note), _PDF)
    with translation.override(note.language):
        context = {"receipt": credit_note_view(note), "payment": payment}
    email_send(
        "credit_note_canceled" if canceled else "credit_note",
        context,
        language=note.language,
        to=payment.payer_email,
        reply_to=note.data["seller"]["email"],
        message_id=_message_id(f"refund.{note.code}", delivery),
        attachments=[pdf],
    )


def receipt_link_email_send(delivery: Delivery) -> None:
    """Send the payer a new link to the receipt. Its age counts from now, not from the request."""
    payment, receipt = delivery.owner, delivery.owner.receipt
    path = reverse("wagtail_payments:emailed_receipt", args=[receipt_token(payment)])
    with translation.override(receipt.language):
        context = {
            "receipt": receipt_view(receipt),
            "payment": payment,
            "receipt_url": urljoin(_root_url(payment), path),
            "days": RECEIPT_LINK_AGE.days,
        }
    email_send(
        "receipt_link",
        context,
        language=receipt.language,
        to=payment.payer_email,
        reply_to=receipt.data["seller"]["email"],
        message_id=_message_id(f"receipt-link.{delivery.occurrence}", delivery),
    )


def instructions_email_send(delivery: Delivery) -> None:
    """Send the payer of an offline payment the instructions, in the payer's language."""
    payment = delivery.owner
    seller = payment_seller(payment)
    context = {
        "payment": payment,
        "seller": seller,
        "status_url": urljoin(_root_url(payment), payment_status_path(payment)),
    }
    email_send(
        "instructions",
        context,
        language=payment.language or settings.LANGUAGE_CODE,
        to=payment.payer_email,
        reply_to=seller.support_email,
        message_id=_message_id("instructions", delivery),
    )


def staff_email_send(delivery: Delivery) -> None:
    """Report a payment to staff. The email names no payer: staff see the payer in the admin."""
    payment = delivery.owner
    seller = payment_seller(payment)
    if not seller.staff_email:
        return
    admin_path = reverse("wagtail_payments_payment:inspect", args=[payment.pk])
    admin_url = urljoin(settings.WAGTAILADMIN_BASE_URL, admin_path)
    email_send(
        "staff",
        {"payment": payment, "admin_url": admin_url},
        language=settings.LANGUAGE_CODE,
        to=seller.staff_email,
        message_id=_message_id("staff", delivery),
    )


def _root_url(payment: Payment) -> str:
    return payment.site.root_url if payment.site else settings.WAGTAILADMIN_BASE_URL


def _message_id(kind: str, delivery: Delivery) -> str:
    """Return the same id for each try, so that mail servers can drop a duplicate."""
    resend = f".{delivery.resends}" if delivery.resends else ""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{kind}.{delivery.owner.public_id.hex}{resend}@{domain}>"
