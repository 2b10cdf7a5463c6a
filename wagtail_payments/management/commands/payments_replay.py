"""Replays stored webhook events."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from wagtail_payments.management.progress import progress
from wagtail_payments.models import WebhookEvent
from wagtail_payments.services.webhooks.inbox import webhook_process
from wagtail_payments.services.webhooks.replay import webhooks_failed, webhooks_replay
from wagtail_payments.tasks import enqueue_deliveries

_TOO_LONG = 19


class Command(BaseCommand):
    """Replay events by id, or all failed ones. The exit code is 1 if some fail again."""

    help = "Processes stored webhook events again; no payment or email is duplicated."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", help="our id of an event, or the provider's")
        parser.add_argument(
            "--failed",
            action="store_true",
            help="all failed events, and those waiting for a retry",
        )

    @override
    def handle(self, *args: Any, ids: list[str], failed: bool, **options: Any) -> None:
        if bool(ids) == failed:
            raise CommandError("Specify ids or --failed.")
        events = webhooks_failed() if failed else self._events(ids)
        replayed = set(webhooks_replay(events))
        watch = progress(self, quiet=options["verbosity"] == 0)
        for event_id in watch("events", sorted(replayed)):
            enqueue_deliveries(webhook_process(event_id=event_id).delivery_ids)
        self._report(replayed)

    def _events(self, ids: list[str]) -> Any:
        # A longer number cannot be an id; SQLite could not even compare it.
        numbers = [int(item) for item in ids if item.isdecimal() and len(item) < _TOO_LONG]
        events = WebhookEvent.objects.filter(pk__in=numbers) | WebhookEvent.objects.filter(
            event_id__in=ids
        )
        known = {str(value) for row in events.values_list("pk", "event_id") for value in row}
        if unknown := [item for item in ids if item not in known]:
            raise CommandError(f"No such event: {', '.join(unknown)}.")
        return events

    def _report(self, replayed: set[int]) -> None:
        left = [event for event in webhooks_failed().defer("body") if event.pk in replayed]
        for event in left:
            self.stderr.write(f"{event.pk} {event}: {event.short_error or event.state}")
        self.stdout.write(f"Processed again: {len(replayed)}, failed: {len(left)}.")
        if left:
            raise CommandError("Some events still fail. They are retried automatically.")
