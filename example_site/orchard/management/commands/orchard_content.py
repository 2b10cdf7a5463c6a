"""``manage.py orchard_content``"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from example_site.orchard.content.everything import content_ensure


class Command(BaseCommand):
    """Make the example site's content."""

    help = "Makes pages, products, logins and fourteen months of payments, where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if not settings.DEBUG:
            raise CommandError(
                "The passwords of the logins are public: this command only runs with DEBUG."
            )
        made = content_ensure()
        self.stdout.write(f"Content made: {made} payments." if made else "The content is there.")
