"""The checks of ``payments_doctor``. Each module checks one part of the site and yields findings."""

from collections.abc import Callable, Iterator

from wagtail_payments.providers.types import Finding

from .email import email_examine
from .permissions import rights_examine
from .providers import providers_examine, providers_made
from .queue import queue_examine
from .settings import languages_examine, seller_examine, settings_examine
from .transport import transport_examine


def site_examine(*, queue_length: Callable[[], int]) -> Iterator[Finding]:
    """Yield all findings, in the order in which they are best fixed.

    ``queue_length`` returns the number of waiting tasks, and raises if the queue cannot be reached.
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
