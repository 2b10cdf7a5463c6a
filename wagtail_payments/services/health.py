"""Tells the site's ``ADMINS`` by mail when somebody has to look: once a day, and of what is new at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import mail_admins
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.selectors.health.problems import Problem, health_problems

_DAY = timedelta(days=1)


def health_email_send(*, before: Mapping[str, Any]) -> dict[str, Any]:
    """Send the mail if there is something to tell.

    ``before`` is what this returned the last time: what is wrong, what was told, and when.
    """
    with translation.override(settings.LANGUAGE_CODE):
        problems = health_problems(payments_health())
        codes = [problem.code for problem in problems]
        reported = before.get("told", [])
        if not (_is_over(before.get("told_at")) or set(codes) - set(reported)) or not problems:
            return {
                **before,
                "problems": codes,
                "told": [code for code in reported if code in codes],
            }
        _send(problems)
    return {"problems": codes, "told": codes, "told_at": timezone.now().isoformat()}


def _is_over(reported_at: str | None) -> bool:
    """Tell whether the last mail is a day old."""
    return reported_at is None or timezone.now() - datetime.fromisoformat(reported_at) > _DAY


def _send(problems: list[Problem]) -> None:
    path = reverse("wagtail_payments_webhookevent:index")
    context = {
        "problems": problems,
        "url": urljoin(settings.WAGTAILADMIN_BASE_URL, path),
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    subject = render_to_string("wagtail_payments/emails/health_subject.txt", context)
    body = render_to_string("wagtail_payments/emails/health.txt", context)
    mail_admins(" ".join(subject.split()), body)
