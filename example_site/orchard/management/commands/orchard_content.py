"""The ``orchard_content`` command."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from example_site.orchard.content.everything import content_ensure


class Command(BaseCommand):
    help = "Create missing pages, products, users, and fourteen months of payments."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The users' passwords are public, so this command only runs with DEBUG."
            )
        created = content_ensure()
        self.stdout.write(
            f"Content created, with {created} payments."
            if created
            else "The content already exists."
        )
