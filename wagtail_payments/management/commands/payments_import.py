"""Imports earlier payments from a provider."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from wagtail_payments.management.progress import progress
from wagtail_payments.models import Product
from wagtail_payments.money import format_amount
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.selectors.providers import providers_pollable
from wagtail_payments.services.imports import payments_import

from .payments_reconcile import moment


class Command(BaseCommand):
    """Import payments, or count with a dry run what would be imported."""

    help = (
        "Imports earlier payments from a provider. They send no emails or signals and get no "
        "receipt numbers. Running it again imports only new payments."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("provider", help="the provider's alias in the settings")
        parser.add_argument("--since", type=moment, required=True, help="a day, or 365d")
        parser.add_argument("--product", type=int, help="the id of the product that was paid for")
        parser.add_argument("--dry-run", action="store_true", help="only count; write nothing")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        alias, dry_run = options["provider"], options["dry_run"]
        if alias not in providers_pollable():
            known = ", ".join(providers_pollable()) or "none"
            raise CommandError(
                f"Unknown provider, or one without an API: {alias!r}; known: {known}."
            )
        try:
            result = payments_import(
                alias=alias,
                since=options["since"],
                product=self._product(options["product"]),
                dry_run=dry_run,
                watch=progress(self, quiet=options["verbosity"] == 0),
            )
        except ProviderError as error:
            raise CommandError(
                f"{alias}: {error} Earlier payments were imported. Run the command again."
            ) from error
        for line in result.left_out:
            self.stdout.write(f"skipped: {line}")
        sums = ", ".join(format_amount(total, code, "en") for code, total in result.sums.items())
        self.stdout.write(
            f"{'Would import' if dry_run else 'Imported'} {result.new}{f' ({sums})' if sums else ''}; "
            f"{result.known} already known, {result.others} of other sites, "
            f"{len(result.left_out)} skipped."
        )

    def _product(self, pk: int | None) -> Product | None:
        if pk is None:
            return None
        product: Product | None = Product.objects.filter(pk=pk).first()
        if product is None:
            raise CommandError(f"There is no product with the id {pk}.")
        return product
