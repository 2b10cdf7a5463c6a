"""Bank transfer on the bench."""

from wagtail_payments.providers.offline import OfflineProvider

from .bench import Bench


class OfflineBench(Bench):
    """What can be promised without anybody to ask."""

    abilities = frozenset({"hosted"})

    def __init__(self) -> None:
        self.provider = OfflineProvider(alias="offline", live=False)

    def pay(self, reference: str) -> None:
        """The payer pays at the bank, and the provider doesn't hear of it."""
