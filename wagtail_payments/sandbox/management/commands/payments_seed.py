"""Creates realistic test payments."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from wagtail_payments.exceptions import StaffRefused
from wagtail_payments.management.progress import progress
from wagtail_payments.sandbox.seed import payments_seed

_MOST_YEARS = 50


def years(text: str) -> float:
    """Return a number of years, such as 3 or 0.5."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number <= _MOST_YEARS:
        raise ArgumentTypeError(f"{text!r} is not a number of years up to {_MOST_YEARS}.")
    return number


def amount(text: str) -> int:
    """Return the number of payments."""
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"{text!r} is not a number of payments.")
    return int(text)


class Command(BaseCommand):
    """Creates realistic test payments."""

    help = "Generates test payments over several years. It sends no email and calls no provider."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--payments", type=amount, default=1000, help="number of payments (default: 1000)"
        )
        parser.add_argument("--years", type=years, default=3.0, help="number of years (default: 3)")
        parser.add_argument(
            "--seed", type=int, default=0, help="a different number generates different payments"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = payments_seed(
                payments=options["payments"],
                years=options["years"],
                seed=options["seed"],
                watch=progress(self, quiet=options["verbosity"] == 0),
            )
        except StaffRefused as refused:
            raise CommandError(refused.message) from refused
        if options["verbosity"]:
            self.stdout.write(f"Created {made} test payments.")
