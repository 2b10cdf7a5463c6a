"""The harness of offline payments."""

from wagtail_payments.providers.offline import OfflineProvider

from .harness import Harness


class OfflineHarness(Harness):
    """Offline payments have hosted checkouts, and no API."""

    abilities = frozenset({"hosted"})

    def __init__(self) -> None:
        self.provider = OfflineProvider(alias="offline", live=False)

    def pay(self, reference: str) -> None:
        """Do nothing: the provider isn't notified of bank transfers."""
