"""E-mails to payers."""

from email.utils import parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from wagtail_payments.enums import CreditNoteKind
from wagtail_payments.models import Delivery, Payment
from wagtail_payments.selectors.payments.payments import payment_seller, payment_status_path
from wagtail_payments.selectors.receipts.links import RECEIPT_LINK_AGE, receipt_token
from wagtail_payments.services.receipts.credit_notes import (
    credit_note_filename,
    credit_note_of,
    credit_note_view,
)
from wagtail_payments.services.receipts.issue import receipt_filename, receipt_view
from wagtail_payments.services.receipts.pdf import credit_note_pdf, receipt_pdf
from wagtail_payments.utils.email_text import email_body, one_line


def receipt_email_send(delivery: Delivery) -> None:
    """Mail a payment's receipt to its payer, in the payer's language, with the PDF attached."""
    payment = delivery.payment
    receipt = payment.receipt
    with translation.override(receipt.language):
        context = {"receipt": receipt_view(receipt), "payment": payment}
        subject = render_to_string("wagtail_payments/emails/receipt_subject.txt", context)
        body = render_to_string("wagtail_payments/emails/receipt.txt", context)
    message = EmailMessage(
        subject=one_line(subject),
        body=email_body(body),
        to=[payment.payer_email],
        reply_to=[address] if (address := receipt.data["seller"]["email"]) else None,
        headers={"Message-ID": _message_id("receipt", delivery)},
    )
    message.attach(receipt_filename(receipt), receipt_pdf(receipt), "application/pdf")
    message.send()


def credit_note_email_send(delivery: Delivery) -> None:
    """Mail the payer the note of a refund, or that it came to nothing, with the PDF attached."""
    payment = delivery.payment
    note = credit_note_of(delivery)
    canceled = note.kind == CreditNoteKind.CANCELLATION
    template = f"wagtail_payments/mail/{'refund_canceled' if canceled else 'refund'}"
    with translation.override(note.language):
        context = {"receipt": credit_note_view(note), "payment": payment}
        subject = render_to_string(f"{template}_subject.txt", context)
        body = render_to_string(f"{template}.txt", context)
    message = EmailMessage(
        subject=one_line(subject),
        body=email_body(body),
        to=[payment.payer_email],
        reply_to=[address] if (address := note.data["seller"]["email"]) else None,
        headers={"Message-ID": _message_id(f"refund.{note.code}", delivery)},
    )
    message.attach(credit_note_filename(note), credit_note_pdf(note), "application/pdf")
    message.send()


def receipt_link_email_send(delivery: Delivery) -> None:
    """Mail the payer a new link to the receipt. It holds from now on, whenever it was asked for."""
    payment = delivery.payment
    receipt = payment.receipt
    path = reverse("wagtail_payments:mailed_receipt", args=[receipt_token(payment)])
    with translation.override(receipt.language):
        context = {
            "receipt": receipt_view(receipt),
            "payment": payment,
            "receipt_url": urljoin(_root_url(payment), path),
            "days": RECEIPT_LINK_AGE.days,
        }
        subject = render_to_string("wagtail_payments/emails/receipt_link_subject.txt", context)
        body = render_to_string("wagtail_payments/emails/receipt_link.txt", context)
    EmailMessage(
        subject=one_line(subject),
        body=email_body(body),
        to=[payment.payer_email],
        reply_to=[address] if (address := receipt.data["seller"]["email"]) else None,
        headers={"Message-ID": _message_id(f"receipt-link.{delivery.occurrence}", delivery)},
    ).send()


def instructions_email_send(delivery: Delivery) -> None:
    """Mail the payer how to pay outside, in the payer's language."""
    payment = delivery.payment
    seller = payment_seller(payment)
    with translation.override(payment.language or settings.LANGUAGE_CODE):
        context = {
            "payment": payment,
            "seller": seller,
            "status_url": urljoin(_root_url(payment), payment_status_path(payment)),
        }
        subject = render_to_string("wagtail_payments/emails/instructions_subject.txt", context)
        body = render_to_string("wagtail_payments/emails/instructions.txt", context)
    EmailMessage(
        subject=one_line(subject),
        body=email_body(body),
        to=[payment.payer_email],
        reply_to=[seller.support_email] if seller.support_email else None,
        headers={"Message-ID": _message_id("instructions", delivery)},
    ).send()


def staff_email_send(delivery: Delivery) -> None:
    """Tell staff of a payment. The mail says nothing about the payer: that is seen in the admin."""
    payment = delivery.payment
    seller = payment_seller(payment)
    if not seller.staff_email:
        return
    admin_path = reverse("wagtail_payments_payment:inspect", args=[payment.pk])
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "payment": payment,
            "admin_url": urljoin(settings.WAGTAILADMIN_BASE_URL, admin_path),
        }
        subject = render_to_string("wagtail_payments/emails/staff_subject.txt", context)
        body = render_to_string("wagtail_payments/emails/staff.txt", context)
    EmailMessage(
        subject=one_line(subject),
        body=email_body(body),
        to=[seller.staff_email],
        headers={"Message-ID": _message_id("staff", delivery)},
    ).send()


def _root_url(payment: Payment) -> str:
    return payment.site.root_url if payment.site else settings.WAGTAILADMIN_BASE_URL


def _message_id(kind: str, delivery: Delivery) -> str:
    """Return the same id for every try, so that a mail sent twice can be told from two mails."""
    again = f".{delivery.resends}" if delivery.resends else ""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{kind}.{delivery.payment.public_id.hex}{again}@{domain}>"
