"""Makes the sandbox go wrong on purpose, to see what the site does then."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wagtail_payments.sandbox.enums import FaultKind
from wagtail_payments.sandbox.services.faults import fault_arm


class Command(BaseCommand):
    """Arm a fault for the next event or call."""

    help = "Makes the next events or calls of the payments sandbox go wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the fault, how often, and how long a delay lasts."""
        parser.add_argument("kind", choices=FaultKind.values)
        parser.add_argument("--times", type=int, default=1)
        parser.add_argument("--seconds", type=float, default=5.0, help="how long a delay lasts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Arm it."""
        fault_arm(
            FaultKind(options["kind"]),
            times=options["times"],
            seconds=options["seconds"],
        )
        self.stdout.write(f"Armed {options['kind']}, {options['times']} time(s).")
