"""Creates groups with useful permissions: manager, treasurer, accountant, auditor, editor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wagtail_payments.services.user_access.roles import ROLES, role_make, roles_missing


class Command(BaseCommand):
    """``manage.py payments_roles``."""

    help = "Makes groups with sensible rights on payments. Groups that are there stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the one option."""
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Give groups that are there the documented rights on payments again.",
        )

    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        """Make them, and say which."""
        missing = roles_missing()
        for role in ROLES:
            if role in missing or reset:
                role_make(role)
                done = "made" if role in missing else "reset"
            else:
                done = "was there, unchanged"
            self.stdout.write(f"{role.name}: {done}. {role.purpose}")
        self.stdout.write("Put people into them in the admin: Settings, Users, Roles.")
