"""The email that says that a file is ready: a link to the screen, and nothing of its content."""

import logging
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from wagtail_payments.models import Export
from wagtail_payments.services.emails import email_send
from wagtail_payments.utils.tracebacks import error_text

logger = logging.getLogger(__name__)

KEPT_DAYS = 7
"""The number of days a file is kept."""


def export_email_send(export: Export) -> None:
    """Tell the user who requested the file that it is ready. An email that fails is only logged."""
    user = export.user
    if not user.email:
        return
    context = {
        "url": urljoin(settings.WAGTAILADMIN_BASE_URL, reverse("wagtail_payments_export:index")),
        "site_name": settings.WAGTAIL_SITE_NAME,
        "days": KEPT_DAYS,
    }
    try:
        email_send("export", context, language=language_of(user), to=user.email)
    except Exception:
        logger.warning("The email about export %d could not be sent.\n%s", export.pk, error_text())


def language_of(user: Any) -> str:
    """Return the language in which ``user`` reads the admin."""
    profile = getattr(user, "wagtail_userprofile", None)
    return str(profile.get_preferred_language() if profile else settings.LANGUAGE_CODE)
