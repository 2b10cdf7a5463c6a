"""Exports and erases data of payers."""

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

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

    help = "Exports or erases what is kept about payers. Amounts, numbers and taxes stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and with whom."""
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="writes JSON to the standard output")
        erase = actions.add_parser("erase", help="says what would change; with --yes it does it")
        for item in (export, erase):
            who = item.add_mutually_exclusive_group(required=True)
            who.add_argument("--email", default="", help="the payer's e-mail, whatever its case")
            who.add_argument("--user", default="", help="the name of a user who paid signed in")
        erase.add_argument("--yes", action="store_true", help="erase")
        retention = actions.add_parser(
            "retention", help="says how many payers are kept longer than the settings want"
        )
        retention.add_argument("--apply", action="store_true", help="erase them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say what it would do."""
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
            raise CommandError("There is no such user.")
        return payer_find(user=user)

    def _erase(self, found: FoundPayer, *, yes: bool) -> None:
        for left in found.left_out:
            self.stdout.write(f"left out: {left.payment.public_id} {left.payment}: {left.reason}")
        counts = (
            payers_erase(payments=found.payments, source=EventSource.SYSTEM)
            if yes
            else erasure_counts(found.payments)
        )
        self.stdout.write(
            f"payments {counts.payments}, receipts {counts.receipts}, "
            f"credit notes {counts.credit_notes}, payloads {counts.payloads}, "
            f"exports deleted {counts.exports}, left out {len(found.left_out)}."
        )
        if not yes:
            self.stdout.write("Nothing was changed. Add --yes to erase.")

    def _retention(self, *, apply: bool, quiet: bool) -> None:
        if apply:
            erased = retention_apply(watch=progress(self, quiet=quiet))
            self.stdout.write(f"Erased: {erased}.")
            return
        self.stdout.write(
            f"To erase: {retention_find().count()}, of which some may have to wait.\n"
            "Nothing was changed. Add --apply to erase."
        )
