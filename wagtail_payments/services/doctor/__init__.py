"""What ``payments_doctor`` looks at. Each module asks one part of the site and yields findings."""

from collections.abc import Callable, Iterator

from wagtail_payments.providers.types import Finding

from .email import email_examine
from .permissions import rights_examine
from .providers import providers_examine, providers_made
from .queue import queue_examine
from .settings import languages_examine, seller_examine, settings_examine
from .transport import transport_examine


def site_examine(*, queue_length: Callable[[], int]) -> Iterator[Finding]:
    """Yield everything that was found, in the order in which it is best mended.

    ``queue_length`` returns how many tasks wait, and raises when the queue can't be reached.
    """
    providers = providers_made()
    yield from settings_examine()
    yield from providers_examine(providers)
    yield from queue_examine(queue_length)
    yield from email_examine()
    yield from seller_examine()
    yield from languages_examine()
    yield from rights_examine()
    yield from transport_examine(providers)
