"""Exports and erases data of payers."""

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from wagtail_payments.enums import EventSource
from wagtail_payments.management.progress import progress
from wagtail_payments.services.privacy import (
    FoundPayer,
    erasure_counts,
    payer_export,
    payer_find,
    payers_erase,
    retention_apply,
    retention_find,
)


class Command(BaseCommand):
    """Handles one payer by email or user, or all payers past their retention period."""

    help = "Exports or erases the data of payers. Amounts, receipt numbers and taxes are kept."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="write JSON to standard output")
        erase = actions.add_parser("erase", help="show what would change; with --yes, erase it")
        for command in (export, erase):
            payer = command.add_mutually_exclusive_group(required=True)
            payer.add_argument(
                "--email", default="", help="the payer's email address, ignoring case"
            )
            payer.add_argument(
                "--user", default="", help="the username of a user who paid while signed in"
            )
        erase.add_argument("--yes", action="store_true", help="erase")
        retention = actions.add_parser(
            "retention", help="show how many payers are past their retention period"
        )
        retention.add_argument("--apply", action="store_true", help="erase them")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "retention":
            self._retention(apply=options["apply"], quiet=options["verbosity"] == 0)
            return
        found = self._found(options["email"], options["user"])
        if options["action"] == "export":
            text = json.dumps(payer_export(found.all_payments), indent=2, ensure_ascii=False)
            self.stdout.write(text)
            return
        self._erase(found, yes=options["yes"])

    def _found(self, email: str, username: str) -> FoundPayer:
        if not username:
            return payer_find(email=email)
        users = get_user_model()._default_manager
        user = users.filter(**{get_user_model().USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError("This user does not exist.")
        return payer_find(user=user)

    def _erase(self, found: FoundPayer, *, yes: bool) -> None:
        for left in found.left_out:
            self.stdout.write(f"skipped: {left.payment.public_id} {left.payment}: {left.reason}")
        counts = (
            payers_erase(payments=found.payments, source=EventSource.SYSTEM)
            if yes
            else erasure_counts(found.payments)
        )
        self.stdout.write(
            f"payments {counts.payments}, receipts {counts.receipts}, "
            f"credit notes {counts.credit_notes}, payloads {counts.payloads}, "
            f"exports deleted {counts.exports}, skipped {len(found.left_out)}."
        )
        if not yes:
            self.stdout.write("Nothing was changed. Add --yes to erase.")

    def _retention(self, *, apply: bool, quiet: bool) -> None:
        if apply:
            erased = retention_apply(watch=progress(self, quiet=quiet))
            self.stdout.write(f"Erased: {erased}.")
            return
        self.stdout.write(
            f"To erase: {retention_find().count()}. Some may have to wait.\n"
            "Nothing was changed. Add --apply to erase."
        )
