"""Creates groups with useful permissions: manager, treasurer, accountant, auditor, editor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from wagtail_payments.services.user_access.roles import ROLES, role_make, roles_missing


class Command(BaseCommand):
    """``manage.py payments_roles``."""

    help = "Creates groups with useful permissions. Existing groups are not changed."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Reset existing groups to the documented payment permissions.",
        )

    @override
    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        missing = roles_missing()
        for role in ROLES:
            if role in missing or reset:
                role_make(role)
                done = "created" if role in missing else "reset"
            else:
                done = "already exists, unchanged"
            self.stdout.write(f"{role.name}: {done}. {role.purpose}")
        self.stdout.write("Add users to these groups in the admin, under Settings → Users → Roles.")
