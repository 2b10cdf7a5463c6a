"""Tells the site's ``ADMINS`` by mail when somebody has to look, once a day at most."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import mail_admins
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from ..selectors.health import payments_health
from ..selectors.health_text import health_problems


def health_mail_send() -> dict[str, Any]:
    """Send the mail if there is something to tell; return how many things were wrong."""
    with translation.override(settings.LANGUAGE_CODE):
        problems = health_problems(payments_health())
        if problems:
            path = reverse("wagtail_payments_webhookevent:index")
            url = urljoin(settings.WAGTAILADMIN_BASE_URL, path)
            context = {"problems": problems, "url": url, "site_name": settings.WAGTAIL_SITE_NAME}
            subject = render_to_string("wagtail_payments/mail/health_subject.txt", context)
            body = render_to_string("wagtail_payments/mail/health.txt", context)
            mail_admins(" ".join(subject.split()), body)
    return {"problems": len(problems)}
