"""Checks everything that payments need, and says how to fix problems."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wagtail_payments.providers.types import Finding, Level
from wagtail_payments.services.doctor import site_examine
from wagtail_payments.tasks import queue_length


class Command(BaseCommand):
    """Print one line per finding. The exit code is 1 if there is an error."""

    help = "Examines providers, webhooks, queue, mail and settings of payments."
    requires_system_checks = ()  # The findings include the system checks.

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine the site."""
        errors = 0
        for finding in site_examine(queue_length=queue_length):
            self.stdout.write(self._line(finding))
            errors += finding.level == Level.ERROR
        if errors:
            raise CommandError(f"Errors to fix: {errors}.")

    def _line(self, finding: Finding) -> str:
        styles = {
            Level.OK: self.style.SUCCESS,
            Level.WARNING: self.style.WARNING,
            Level.ERROR: self.style.ERROR,
        }
        level = styles[finding.level](f"{finding.level:<7}")
        return f"{level}  {finding.message}" + (f" — {finding.cure}" if finding.cure else "")
