"""The one place where emails are rendered from templates and sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from wagtail_payments.utils.email_text import email_body, one_line

Attachment = tuple[str, bytes, str]
"""A file's name, its content, and its media type."""


def email_render(template: str, context: Mapping[str, Any], *, language: str) -> tuple[str, str]:
    """Return subject and body of the email ``template`` (such as "receipt") in ``language``."""
    path = f"wagtail_payments/emails/{template}"
    with translation.override(language):
        subject = render_to_string(f"{path}_subject.txt", dict(context))
        body = render_to_string(f"{path}.txt", dict(context))
    return one_line(subject), email_body(body)


def email_send(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    to: str,
    reply_to: str = "",
    message_id: str = "",
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send the email ``template`` to one address. Raises what the email backend raises.

    An email that is sent again after an error has the same ``message_id``.
    """
    subject, body = email_render(template, context, language=language)
    EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": message_id} if message_id else None,
        attachments=list(attachments),
    ).send()
