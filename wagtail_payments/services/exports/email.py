"""The mail that says that a file is ready: a link to the screen, and nothing of what is in it."""

import logging
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from wagtail_payments.models import Export
from wagtail_payments.utils.tracebacks import error_text

logger = logging.getLogger(__name__)

KEPT_DAYS = 7
"""How long a file is kept."""


def export_email_send(export: Export) -> None:
    """Tell whoever asked that the file is ready. That it can't be sent is no reason to fail."""
    user = export.user
    if not user.email:
        return
    path = reverse("wagtail_payments_export:index")
    context = {
        "url": urljoin(settings.WAGTAILADMIN_BASE_URL, path),
        "site_name": settings.WAGTAIL_SITE_NAME,
        "days": KEPT_DAYS,
    }
    with translation.override(language_of(user)):
        subject = render_to_string("wagtail_payments/emails/export_subject.txt", context)
        body = render_to_string("wagtail_payments/emails/export.txt", context)
    try:
        EmailMessage(subject=" ".join(subject.split()), body=body, to=[user.email]).send()
    except Exception:
        logger.warning("No mail about export %d.\n%s", export.pk, error_text())


def language_of(user: Any) -> str:
    """Return the language in which ``user`` reads the admin."""
    profile = getattr(user, "wagtail_userprofile", None)
    return str(profile.get_preferred_language() if profile else settings.LANGUAGE_CODE)
