"""The provider of a row, as long as it moves the same kind of money."""

from ..enums import Mode
from ..models import Payment, Refund
from ..providers.base import Provider
from ..providers.exceptions import ProviderMisconfigured
from ..providers.registry import get_provider


def provider_of(row: Payment | Refund, *, interactive: bool = True) -> Provider:
    """Return who took this payment, or gives this refund.

    Raises ProviderMisconfigured when its keys are of the other mode now: it would know nothing of the
    row, which has to wait.
    """
    provider = get_provider(row.provider, interactive=interactive)
    if provider.live != (row.mode == Mode.LIVE):
        raise ProviderMisconfigured(f'"{row.provider}" has keys of the other mode now.')
    return provider
