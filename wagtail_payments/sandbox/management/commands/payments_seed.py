"""Makes believable test payments."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

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
        raise ArgumentTypeError(f"{text!r} is no number of years up to {_MOST_YEARS}.")
    return number


def amount(text: str) -> int:
    """Return how many payments."""
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"{text!r} is no number of payments.")
    return int(text)


class Command(BaseCommand):
    """``manage.py payments_seed``."""

    help = "Makes test payments through the years; nothing is mailed, no provider is asked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many, of how many years, and which."""
        parser.add_argument("--payments", type=amount, default=1000, help="how many (1000)")
        parser.add_argument("--years", type=years, default=3.0, help="of how many years (3)")
        parser.add_argument("--seed", type=int, default=0, help="another number, other payments")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and say how many."""
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
            self.stdout.write(f"Made {made} test payments.")
