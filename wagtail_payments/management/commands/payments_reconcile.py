"""Compares the providers' records with ours."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date
from typing_extensions import override

from wagtail_payments.conf import payments_conf
from wagtail_payments.management.progress import progress
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.selectors.providers import providers_pollable
from wagtail_payments.services.reconciliation import Outcome, provider_reconcile

_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


def moment(text: str) -> datetime:
    """Return the beginning of a day in the site's time zone; ``30d`` is thirty days ago."""
    try:
        since = _moment(text)
    except (OverflowError, ValueError):
        since = None
    if since is None or not _LONG_AGO < since <= timezone.now():
        raise ArgumentTypeError(f"{text!r} is neither a past day, such as 2026-11-25, nor 30d.")
    return since


def _moment(text: str) -> datetime | None:
    if text.endswith("d") and text[:-1].isdecimal():
        return timezone.now() - timedelta(days=int(text[:-1]))
    day = parse_date(text)
    zone = timezone.get_default_timezone()
    return datetime.combine(day, datetime.min.time(), tzinfo=zone) if day else None


class Command(BaseCommand):
    """Compare, correct what is safe, and list the rest. The exit code is 1 if something is left to do."""

    help = "Compares the providers' records with ours, fixes safe differences, and lists the rest."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=moment, help="a day, or 30d (the default)")
        parser.add_argument("--provider", help="an alias; by default, all providers")
        parser.add_argument("--dry-run", action="store_true", help="only compare; change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        since = options["since"] or timezone.now() - timedelta(days=payments_conf().RECONCILE_DAYS)
        watch = progress(self, quiet=options["json"] or options["verbosity"] == 0)
        outcomes, errors = [], []
        for alias in self._aliases(options["provider"]):
            try:
                outcomes.append(
                    provider_reconcile(
                        alias=alias, since=since, dry_run=options["dry_run"], watch=watch
                    )
                )
            except ProviderError as error:
                errors.append(f"{alias}: {error}")
        if options["json"]:
            self.stdout.write(json.dumps([item.as_dict() for item in outcomes], indent=2))
        else:
            for outcome in outcomes:
                self._print(outcome, dry_run=options["dry_run"])
        if any(item.needs_action for item in outcomes):
            errors.append("Some discrepancies need review.")
        if errors:
            raise CommandError(" ".join(errors))

    def _aliases(self, alias: str | None) -> list[str]:
        aliases = providers_pollable()
        if alias is None:
            return aliases
        if alias not in aliases:
            known = ", ".join(aliases) or "none"
            raise CommandError(
                f"Unknown provider, or one without an API: {alias!r}; known: {known}."
            )
        return [alias]

    def _print(self, outcome: Outcome, *, dry_run: bool) -> None:
        figures = outcome.as_dict()
        for difference in figures["differences"]:
            self.stdout.write(
                f"{difference['verdict']:<7}  {difference['kind']:<8}  {difference['reference']}  "
                f"local: {difference.get('local')}  provider: {difference.get('remote')}"
            )
        tail = " Nothing was changed." if dry_run else ""
        self.stdout.write(
            f"{outcome.provider} ({outcome.mode}) since {outcome.since:%Y-%m-%d}: "
            f"compared {figures['compared']}, found {figures['found']}, fixed {figures['fixed']}, "
            f"left {figures['discrepancies']}, missed events {figures['missed_events']}, "
            f"unanswered {figures['unanswered']}.{tail}"
        )
