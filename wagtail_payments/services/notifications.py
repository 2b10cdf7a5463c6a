"""E-mails to payers."""

from email.utils import parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from ..models import Payment
from ..selectors.payments import payment_seller, payment_status_path
from .receipt_pdf import receipt_pdf
from .receipts import receipt_filename, receipt_view


def receipt_mail_send(*, payment: Payment, resends: int = 0) -> None:
    """Mail a payment's receipt to its payer, in the payer's language, with the PDF attached.

    ``resends`` is how often staff asked for it once more.
    """
    receipt = payment.receipt
    with translation.override(receipt.language):
        context = {"receipt": receipt_view(receipt), "payment": payment}
        subject = render_to_string("wagtail_payments/mail/receipt_subject.txt", context)
        body = render_to_string("wagtail_payments/mail/receipt.txt", context)
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[payment.payer_email],
        reply_to=[address] if (address := receipt.data["seller"]["email"]) else None,
        headers={"Message-ID": _message_id("receipt", payment, resends)},
    )
    message.attach(receipt_filename(receipt), receipt_pdf(receipt), "application/pdf")
    message.send()


def instructions_mail_send(*, payment: Payment, resends: int = 0) -> None:
    """Mail the payer of ``payment`` how to pay it outside, in the payer's language."""
    seller = payment_seller(payment)
    with translation.override(payment.language or settings.LANGUAGE_CODE):
        context = {
            "payment": payment,
            "seller": seller,
            "status_url": urljoin(_root_url(payment), payment_status_path(payment)),
        }
        subject = render_to_string("wagtail_payments/mail/instructions_subject.txt", context)
        body = render_to_string("wagtail_payments/mail/instructions.txt", context)
    EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[payment.payer_email],
        reply_to=[seller.support_email] if seller.support_email else None,
        headers={"Message-ID": _message_id("instructions", payment, resends)},
    ).send()


def staff_mail_send(*, payment: Payment, resends: int = 0) -> None:
    """Tell staff of a payment. The mail says nothing about the payer: that is seen in the admin."""
    seller = payment_seller(payment)
    if not seller.staff_email:
        return
    admin_path = reverse("wagtail_payments_payment:inspect", args=[payment.pk])
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "payment": payment,
            "admin_url": urljoin(settings.WAGTAILADMIN_BASE_URL, admin_path),
        }
        subject = render_to_string("wagtail_payments/mail/staff_subject.txt", context)
        body = render_to_string("wagtail_payments/mail/staff.txt", context)
    EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[seller.staff_email],
        headers={"Message-ID": _message_id("staff", payment, resends)},
    ).send()


def _root_url(payment: Payment) -> str:
    return payment.site.root_url if payment.site else settings.WAGTAILADMIN_BASE_URL


def _message_id(kind: str, payment: Payment, resends: int) -> str:
    """Return the same id for every try, so that a mail sent twice can be told from two mails."""
    again = f".{resends}" if resends else ""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{kind}.{payment.public_id.hex}{again}@{domain}>"
