"""Emails the site's ``ADMINS`` when staff have to act: at once about new problems, else once per day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import mail_admins
from django.urls import reverse
from django.utils import timezone, translation

from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.selectors.health.problems import Problem, health_problems
from wagtail_payments.services.emails import email_render

_DAY = timedelta(days=1)


def health_email_send(*, before: Mapping[str, Any]) -> dict[str, Any]:
    """Send the email if there is something to report.

    ``before`` is what this returned the last time: the codes of the problems, of those that were
    reported, and when.
    """
    with translation.override(settings.LANGUAGE_CODE):
        problems = health_problems(payments_health())
        codes = [problem.code for problem in problems]
        reported = before.get("reported", [])
        due = _is_over(before.get("reported_at")) or set(codes) - set(reported)
        if not problems or not due:
            return {
                **before,
                "problems": codes,
                "reported": [code for code in reported if code in codes],
            }
        _send(problems)
    return {"problems": codes, "reported": codes, "reported_at": timezone.now().isoformat()}


def _is_over(reported_at: str | None) -> bool:
    """Tell whether the last email is a day old."""
    return reported_at is None or timezone.now() - datetime.fromisoformat(reported_at) > _DAY


def _send(problems: list[Problem]) -> None:
    path = reverse("wagtail_payments_webhookevent:index")
    context = {
        "problems": problems,
        "url": urljoin(settings.WAGTAILADMIN_BASE_URL, path),
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    mail_admins(*email_render("health", context, language=settings.LANGUAGE_CODE))
