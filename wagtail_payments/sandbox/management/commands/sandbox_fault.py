"""Simulates faults of the sandbox, to test how the site reacts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from wagtail_payments.sandbox.enums import FaultKind
from wagtail_payments.sandbox.services.faults import fault_arm


class Command(BaseCommand):
    """Arms a fault for the next event or call."""

    help = "Makes the sandbox's next events or API calls fail."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=FaultKind.values)
        parser.add_argument("--times", type=int, default=1)
        parser.add_argument("--seconds", type=float, default=5.0, help="duration of a delay")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        fault_arm(
            FaultKind(options["kind"]),
            times=options["times"],
            seconds=options["seconds"],
        )
        self.stdout.write(f"Armed {options['kind']}, {options['times']} time(s).")
