"""E-mails to payers."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from ..models import Receipt
from .receipt_pdf import receipt_pdf
from .receipts import receipt_filename, receipt_view


def receipt_mail_send(*, receipt: Receipt) -> None:
    """Mail ``receipt`` to its payer, in the payer's language, with the PDF attached."""
    payment = receipt.payment
    with translation.override(receipt.language):
        context = {"receipt": receipt_view(receipt), "payment": payment}
        subject = render_to_string("wagtail_payments/mail/receipt_subject.txt", context)
        body = render_to_string("wagtail_payments/mail/receipt.txt", context)
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[payment.payer_email],
        reply_to=[address] if (address := receipt.data["seller"]["email"]) else None,
        headers={"Message-ID": _message_id(receipt)},
    )
    message.attach(receipt_filename(receipt), receipt_pdf(receipt), "application/pdf")
    message.send()


def _message_id(receipt: Receipt) -> str:
    """Return the same id for every try, so that a mail sent twice can be told from two mails."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<receipt.{receipt.payment.public_id.hex}@{domain}>"
